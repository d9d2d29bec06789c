using Hctef.Diagnostics;
using Hctef.Fetching;

namespace Hctef.Files;

/// <summary>
/// An open file: one version, its blocks, and the way to ask for more. Safe for concurrent use; its fields do not change but for
/// <see cref="_closing"/>, which is cancelled once and by that ends the reads that wait.
/// </summary>
internal sealed partial class RemoteFile : IHctefFile
{
    /// <summary>How many streams of positional reads are told apart.</summary>
    private const int MostStreams = 8;

    private readonly HctefEngine _engine;
    private readonly FileVersion _version;
    private readonly RangeSource _source;
    private readonly RemoteFileInfo _info;
    private readonly CancellationTokenSource _closing = new();
    private Readahead? _readahead;
    private volatile bool _closed;
    private int _disposed;

    /// <summary>Opens a version that its table has counted this opener of.</summary>
    public RemoteFile(HctefEngine engine, Uri uri, Func<FileVersion, CancellationToken, RangeSource> createSource, FileVersion version)
    {
        _engine = engine;
        _version = version;
        _source = createSource(version, _closing.Token);
        _info = version.Representation.ToInfo(version.Immutable);
        Prefetch = new FilePrefetch(_source);
        Uri = uri;
    }

    public Uri Uri { get; }

    public LastFailure? LastFailure => _source.Counters.LastFailure;

    /// <summary>What opening the file brings.</summary>
    public FilePrefetch Prefetch { get; }

    /// <summary>What the file's shared cursors read.</summary>
    internal RangeSource Source => _source;

    /// <summary>The version, also when the file is closed.</summary>
    internal RemoteFileInfo Info => _info;

    public RemoteFileInfo GetInfo()
    {
        ThrowIfClosed();
        return _info;
    }

    public ValueTask<RemoteFileInfo> GetInfoAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<RemoteFileInfo>(cancellationToken)
            : new ValueTask<RemoteFileInfo>(_info);
    }

    public async ValueTask<RemoteFileInfo> RevalidateAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        cancellationToken.ThrowIfCancellationRequested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token, _source.Network.Stopping);
        try
        {
            await Revalidation.RunAsync(_source, either.Token).ConfigureAwait(false);
            return _info;
        }
        catch (HctefException failure)
        {
            _source.Failed?.Invoke(failure);
            if (failure is RemoteFileChangedException)
            {
                Log.Changed(_source.Network.Logger, failure.Message);
            }

            throw;
        }
        catch (OperationCanceledException)
        {
            throw CancellationOf(cancellationToken);
        }
    }

    public RemoteFileStatistics GetStatistics()
    {
        HostState host = _source.Host;
        return _source.Counters.Snapshot() with
        {
            BytesUnused = _source.Map.UnusedBytes,
            EstimatedLatency = host.Model.MeasuredLatency ?? TimeSpan.Zero,
            EstimatedBytesPerSecond = (long)(host.Model.MeasuredBytesPerSecond ?? 0),
            ConcurrencyLimit = host.Gate.Limit,
        };
    }

    public IReadOnlyList<ByteRange> GetCachedRanges() =>
        _closed
            ? []
            : [.. _source.Cache.GetRanges(_source.Map, _source.Length).Select(static range => new ByteRange(range.Start, range.End - range.Start))];

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // Reads that start from now on fail; those that wait are woken; only then do the blocks go that nobody else has open.
            _closed = true;
            try
            {
                // Runs what users' handlers do when they are cancelled.
                _closing.Cancel();
            }
            finally
            {
                Prefetch.Dispose();
                _readahead?.Dispose();
                _engine.Versions.Release(_version);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    /// <summary>Reads ahead of positional reads; made by the first of them, null where that is off.</summary>
    private Readahead? Ahead => _readahead ?? CreateReadahead();

    private Readahead? CreateReadahead()
    {
        if (_source.MaxReadaheadBytes == 0)
        {
            return null;
        }

        Readahead mine = new(_source, MostStreams);
        Readahead shared = Interlocked.CompareExchange(ref _readahead, mine, comparand: null) ?? mine;
        if (_closed)
        {
            // The file may have been closed before it could see this.
            shared.Dispose();
        }

        return shared;
    }

    internal void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_closed, typeof(IRemoteFile));

    /// <summary>What a cancelled wait means: the caller's own cancellation, or that the file was closed.</summary>
    private Exception CancellationOf(CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested
        ? new OperationCanceledException(cancellationToken)
        : new ObjectDisposedException(nameof(IRemoteFile), "The remote file was closed while it was being read.");
}
