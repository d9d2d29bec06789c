using System.Threading.Channels;
using Worker.Watching;

namespace Worker.Demo;

/// <summary>Prints what the watcher notices, and lets the demo wait for it.</summary>
internal sealed class DemoHandler(ConsoleHandler console) : IWatchEventHandler
{
    private readonly Channel<WatchEvent> _noticed = Channel.CreateUnbounded<WatchEvent>();

    public async ValueTask HandleAsync(WatchEvent watchEvent, CancellationToken cancellationToken)
    {
        await console.HandleAsync(watchEvent, cancellationToken);
        await _noticed.Writer.WriteAsync(watchEvent, cancellationToken);
    }

    /// <summary>Waits for what the watcher notices next, and says whether it is of this kind.</summary>
    public async Task<T> ExpectAsync<T>(CancellationToken cancellationToken)
        where T : WatchEvent
    {
        WatchEvent next = await _noticed.Reader.ReadAsync(cancellationToken);
        return next as T ?? throw new InvalidOperationException($"The demo expected {typeof(T).Name}, and the watcher noticed {next}.");
    }
}
