using Hctef.Diagnostics;

namespace Hctef.Files;

/// <summary>
/// A file that goes on with what the origin serves now, when the version that was opened is gone (<see cref="ChangePolicy.Reopen"/>). Each
/// version is a <see cref="RemoteFile"/> of its own, opened as any other, so that nothing of two versions can meet.
/// </summary>
/// <remarks>
/// <c>_current</c> is read without a lock and written under <c>_gate</c>, which guards everything else. It is null from the moment when
/// one call has noticed the change until another version is open; at most one opening is under way then, for all who wait. It
/// belongs to no caller: only closing cancels it, and what it throws is forgotten, so that the next call tries again.
/// </remarks>
internal sealed partial class ReopeningRemoteFile : IHctefFile
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Func<CancellationToken, Task<RemoteFile>> _open;
    private RemoteFile? _current;
    private RemoteFile _last;
    private Task<RemoteFile>? _opening;
    private volatile bool _closed;

    /// <summary>Takes over an open file.</summary>
    /// <param name="opened">The version that is open.</param>
    /// <param name="open">Opens the version that the origin serves then.</param>
    public ReopeningRemoteFile(RemoteFile opened, Func<CancellationToken, Task<RemoteFile>> open)
    {
        _current = _last = opened;
        _open = open;
    }

    public Uri Uri => _last.Uri;

    public LastFailure? LastFailure => _last.LastFailure;

    /// <summary>The open version; null while another one is being opened.</summary>
    private RemoteFile? Current => Volatile.Read(ref _current);

    public bool IsCurrent(RemoteFile file) => ReferenceEquals(Current, file);

    /// <summary>Whether a call on a version has failed because that version is gone.</summary>
    public bool IsChange(Exception failure, RemoteFile file) => failure switch
    {
        RemoteFileChangedException => true,

        // Others have noticed meanwhile, and the version was closed under this call.
        ObjectDisposedException => !_closed && !IsCurrent(file),
        _ => false,
    };

    /// <summary>Leaves a version for good, if nobody has yet, and makes what its call throws.</summary>
    public RemoteFileChangedException Leave(RemoteFile file, Exception? failure = null)
    {
        lock (_gate)
        {
            if (!_closed && _current == file)
            {
                Volatile.Write(ref _current, null);
                _opening = StartOpening(gone: file);
            }
        }

        return failure as RemoteFileChangedException ?? new RemoteFileChangedException(
            "The file changed at its origin, and the version that was being read is no longer open.", file.Info, Current?.Info);
    }

    public ValueTask<RemoteFile> GetCurrentAsync(CancellationToken cancellationToken) =>
        Current is { } file
            ? new ValueTask<RemoteFile>(file)
            : new ValueTask<RemoteFile>(SharedOpening.WaitAsync(JoinOpening(), cancellationToken));

    public RemoteFile GetCurrent() => Current ?? SharedOpening.Wait(JoinOpening());

    public void Dispose()
    {
        RemoteFile? file;
        lock (_gate)
        {
            _closed = true;
            file = _current;
        }

        try
        {
            // An opening under way closes what it has opened.
            _closing.Cancel();
        }
        finally
        {
            file?.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    private Task<RemoteFile> JoinOpening()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IRemoteFile));
            return _current is { } file ? Task.FromResult(file) : _opening ??= StartOpening(gone: null);
        }
    }

    private Task<RemoteFile> StartOpening(RemoteFile? gone)
    {
        // On the pool, away from the lock and from the context of a caller that may block.
        Task<RemoteFile> opening = Task.Run(() => OpenOnceAsync(gone), CancellationToken.None);

        // Perhaps nobody waits for it.
        _ = opening.ContinueWith(
            static failed => _ = failed.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return opening;
    }

    private async Task<RemoteFile> OpenOnceAsync(RemoteFile? gone)
    {
        try
        {
            Close(gone);
            RemoteFile file = await _open(_closing.Token).ConfigureAwait(false);
            if (TryAdopt(file))
            {
                return file;
            }

            file.Dispose();
            throw new ObjectDisposedException(typeof(IRemoteFile).FullName);
        }
        catch (Exception failure)
        {
            lock (_gate)
            {
                _opening = null;
            }

            throw _closed && failure is OperationCanceledException
                ? new ObjectDisposedException(typeof(IRemoteFile).FullName, failure)
                : failure;
        }
    }

    private bool TryAdopt(RemoteFile file)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            Volatile.Write(ref _last, file);
            Volatile.Write(ref _current, file);
            _opening = null;
            return true;
        }
    }

    /// <summary>Ends the version's reads and prefetches, and gives back its blocks.</summary>
    private static void Close(RemoteFile? gone)
    {
        try
        {
            gone?.Dispose();
        }
        catch (AggregateException)
        {
            // A user's handler has thrown when it was cancelled. The version is closed, and those who wait want the next one.
        }
    }
}
