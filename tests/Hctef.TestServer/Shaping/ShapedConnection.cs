namespace Hctef.TestServer.Shaping;

/// <summary>What the shaping remembers of one connection; requests on it come one after the other.</summary>
internal sealed class ShapedConnection
{
    private int _requests;

    public LinkSchedule Link { get; } = new(slack: TimeSpan.FromMilliseconds(20));

    public bool TakeFirstRequest() => Interlocked.Increment(ref _requests) == 1;
}
