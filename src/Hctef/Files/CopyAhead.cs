namespace Hctef.Files;

/// <summary>The piece that a copy will read next, on its way into the cache. Disposing it gives up what is still under way.</summary>
internal sealed class CopyAhead(IRemoteFile file, int pieceBytes) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts to fetch the next piece of Hctef's own files; others are left alone.</summary>
    public void Fetch(long fileOffset, long rest)
    {
        if (rest > 0 && file is RemoteFile or RegisteredRemoteFile)
            _ = FetchAsync(new ByteRange(fileOffset, Math.Min(rest, pieceBytes)));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task FetchAsync(ByteRange piece)
    {
        try
        {
            await file.PrefetchAsync([piece], _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is HctefException or OperationCanceledException or ObjectDisposedException)
        {
            // The read of the piece meets the same failure, and tells it.
        }
    }
}
