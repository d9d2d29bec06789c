using Hctef.Diagnostics;

namespace Hctef.Files;

/// <summary>
/// A file that the container owns and that opens on its first use. Those who inject it dispose nothing by disposing it; the
/// container closes it by <see cref="CloseAsync"/>.
/// </summary>
/// <remarks>
/// Shared between threads. <c>_file</c> is written once, when the file is open, <c>_openingFailure</c> when an opening fails; both are
/// immutable and read without a lock. Everything else is guarded by <c>_gate</c>. At most one opening is under way. It belongs to no caller: only closing cancels it, and what it throws
/// is forgotten, so that the next use tries again.
/// </remarks>
internal sealed partial class RegisteredRemoteFile(Uri uri, TimeProvider time, Func<CancellationToken, Task<IHctefFile>> open) : IHctefFile
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private IHctefFile? _file;
    private LastFailure? _openingFailure;
    private Task<IHctefFile>? _opening;
    private bool _closed;

    public Uri Uri { get; } = uri;

    /// <summary>Whether the file is open.</summary>
    public bool IsOpen => Opened is not null;

    public LastFailure? LastFailure => Opened?.LastFailure ?? Volatile.Read(ref _openingFailure);

    private IHctefFile? Opened => Volatile.Read(ref _file);

    public RemoteFileStatistics GetStatistics() => Opened?.GetStatistics() ?? default;

    public IReadOnlyList<ByteRange> GetCachedRanges() => Opened?.GetCachedRanges() ?? [];

    /// <summary>Does nothing: the container closes the file.</summary>
    public void Dispose()
    {
    }

    /// <summary>Does nothing: the container closes the file.</summary>
    public ValueTask DisposeAsync() => default;

    /// <summary>Cancels an opening that is under way and closes the file for good. Only the first call does anything.</summary>
    public async ValueTask CloseAsync()
    {
        Task<IHctefFile>? opening;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            opening = _opening;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        if (opening is not null)
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Opened is { } file)
            await file.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private Task<IHctefFile> GetFileAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return SharedOpening.WaitAsync(JoinOpening(), cancellationToken);
    }

    private IHctefFile GetFile() => Opened ?? SharedOpening.Wait(JoinOpening());

    private Task<IHctefFile> JoinOpening()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IRemoteFile));
            return _opening ??= StartOpening();
        }
    }

    private Task<IHctefFile> StartOpening()
    {
        // On the pool, away from the first caller's synchronization context: a caller that blocks there must not stop the opening.
        Task<IHctefFile> opening = Task.Run(OpenOnceAsync, CancellationToken.None);
        // All who waited may have left by the time it fails.
        _ = opening.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return opening;
    }

    private async Task<IHctefFile> OpenOnceAsync()
    {
        try
        {
            IHctefFile file = await open(_closing.Token).ConfigureAwait(false);
            // Closing waits for this opening and then disposes what it finds here.
            Volatile.Write(ref _file, file);
            return file;
        }
        catch (Exception e)
        {
            Volatile.Write(ref _openingFailure, new LastFailure(e, time.GetUtcNow()));
            lock (_gate)
            {
                _opening = null;
                if (_closed && e is OperationCanceledException)
                    throw new ObjectDisposedException(typeof(IRemoteFile).FullName, e);
            }

            throw;
        }
    }
}
