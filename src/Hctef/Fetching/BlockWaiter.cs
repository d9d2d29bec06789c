namespace Hctef.Fetching;

/// <summary>One reader's wait for a fetch to reach an offset. Its fields are under the fetch's lock.</summary>
internal sealed class BlockWaiter(long from, long needed, int firstPin, int endPin)
{
    private readonly TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    public void Wake() => _woken.TrySetResult();
}
