namespace Hctef.Fetching;

/// <summary>One reader's wait for a fetch to reach an offset. Its fields are under the fetch's lock.</summary>
/// <param name="from">The first byte that is waited for.</param>
/// <param name="needed">The offset behind the last byte that is waited for.</param>
/// <param name="firstPin">The first of the fetch's blocks that are pinned for the reader, by index.</param>
/// <param name="endPin">The index behind the last of them; equal to the first if there are none.</param>
/// <param name="awaited">Whether the reader goes on where it is woken; otherwise it may block a thread of its own.</param>
internal sealed class BlockWaiter(long from, long needed, int firstPin, int endPin, bool awaited) : IThreadPoolWorkItem
{
    // A blocked thread is woken by whoever completes the task, also one that runs continuations asynchronously: it must not depend on
    // the thread pool, which readers like it may have used up.
    private readonly TaskCompletionSource _woken =
        new(awaited ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The first byte that is waited for.</summary>
    public long From { get; } = from;

    /// <summary>The offset behind the last byte that is waited for; moved forward when another fetch takes over what follows.</summary>
    public long Needed { get; set; } = needed;

    /// <summary>The fetch's blocks that are pinned for the reader, by index; none if both are equal.</summary>
    public int FirstPin { get; } = firstPin;

    public int EndPin { get; set; } = endPin;

    /// <summary>Why the bytes will not come; set before the reader is woken.</summary>
    public HctefException? Failure { get; set; }

    /// <summary>Completes, always successfully, when the bytes are there or will not come.</summary>
    public Task Woken => _woken.Task;

    /// <summary>Wakes the reader.</summary>
    /// <param name="here">Whether it may go on right here, before this returns: only for who has nothing else to do and holds nothing.</param>
    public void Wake(bool here)
    {
        if (awaited && !here)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            _woken.TrySetResult();
        }
    }

    void IThreadPoolWorkItem.Execute() => _woken.TrySetResult();
}
