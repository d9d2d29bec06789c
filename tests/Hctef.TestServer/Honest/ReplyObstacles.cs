using Hctef.TestServer.Gates;

namespace Hctef.TestServer.Honest;

/// <summary>The holds and breaks of one file. The lock guards both lists.</summary>
internal sealed class ReplyObstacles
{
    private readonly Lock _lock = new();
    private readonly List<Hold> _holds = [];
    private readonly List<Hold> _headerHolds = [];
    private readonly List<BreakPoint> _breaks = [];

    public ResponseGate HoldAt(long offset, Func<RequestRecord, bool>? appliesTo) =>
        Add(_holds, new Hold(offset, new ResponseGate(), appliesTo));

    public ResponseGate HoldHeaders(Func<RequestRecord, bool>? appliesTo) =>
        Add(_headerHolds, new Hold(0, new ResponseGate(), appliesTo));

    public void BreakAt(long offset, int times)
    {
        lock (_lock)
            _breaks.Add(new BreakPoint(offset, times));
    }

    public ResponseGate? NextHeaderGate(RequestRecord request)
    {
        lock (_lock)
            return _headerHolds.Find(hold => hold.Stops(request))?.Gate;
    }

    /// <summary>The end of the bytes that may be sent now: the first obstacle at or behind the position, or the end.</summary>
    public long NextStop(RequestRecord request, long position, long end)
    {
        lock (_lock)
        {
            foreach (Hold hold in _holds)
            {
                if (hold.Offset >= position && hold.Offset < end && hold.Stops(request))
                    end = hold.Offset;
            }

            foreach (BreakPoint point in _breaks)
            {
                if (point.Offset >= position && point.Offset < end && !point.IsSpent)
                    end = point.Offset;
            }

            return end;
        }
    }

    public ResponseGate? GateAt(RequestRecord request, long position)
    {
        lock (_lock)
            return _holds.Find(hold => hold.Offset == position && hold.Stops(request))?.Gate;
    }

    public bool TakeBreakAt(long position)
    {
        lock (_lock)
            return _breaks.Find(point => point.Offset == position && !point.IsSpent)?.TryTake() ?? false;
    }

    private ResponseGate Add(List<Hold> holds, Hold hold)
    {
        lock (_lock)
        {
            holds.RemoveAll(old => old.Gate.IsReleased);
            holds.Add(hold);
        }

        return hold.Gate;
    }
}
