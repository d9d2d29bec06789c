using Hctef;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Worker.Watching;

/// <summary>
/// Asks the origin in intervals whether the file has changed, by one small request, and reads what has been appended to it. The file is
/// registered to be reopened, so that asking brings the new version.
/// </summary>
internal sealed class FileWatcher(
    [FromKeyedServices("log")] IRemoteFile file, IWatchEventHandler handler, IOptions<WatchOptions> options, TimeProvider time)
    : BackgroundService
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Up to where the file was read; null before its length is known.</summary>
    private long? _position;
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (RemoteFileChangedException)
            {
                // While it was being read: the next look finds the new version.
            }
            catch (HctefException e)
            {
                await TellAwayAsync(e.Message, stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        RemoteFileInfo info = await file.RevalidateAsync(cancellationToken);
        if (_isAway)
        {
            _isAway = false;
            await handler.HandleAsync(new WatchEvent.Recovered(), cancellationToken);
        }

        _position ??= Math.Max(0, info.Length - options.Value.InitialBytes);
        if (info.Length < _position)
        {
            _position = 0;
            await handler.HandleAsync(new WatchEvent.Replaced(info.Length), cancellationToken);
        }

        if (info.Length > _position)
            await ReadTailAsync(_position.Value, cancellationToken);
    }

    /// <summary>Reads from where the last read ended. A stream is of one version: it fails if the file changes under it.</summary>
    private async Task ReadTailAsync(long position, CancellationToken cancellationToken)
    {
        await using RemoteFileStream stream = await file.OpenStreamAsync(cancellationToken);
        stream.Position = position;
        while (stream.Position < stream.Length)
        {
            var piece = new byte[Math.Min(PieceBytes, stream.Length - stream.Position)];
            long offset = stream.Position;
            await stream.ReadExactlyAsync(piece, cancellationToken);
            _position = stream.Position;
            await handler.HandleAsync(new WatchEvent.Appended(offset, piece), cancellationToken);
        }
    }

    private async Task TellAwayAsync(string reason, CancellationToken cancellationToken)
    {
        if (_isAway)
            return;
        _isAway = true;
        await handler.HandleAsync(new WatchEvent.Unavailable(reason), cancellationToken);
    }
}
