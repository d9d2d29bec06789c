namespace Hctef.Fetching;

/// <content>What can be seen from outside.</content>
internal sealed partial class HostGate
{
    /// <summary>How many requests are under way.</summary>
    public int Taken
    {
        get
        {
            lock (_gate)
            {
                return _taken;
            }
        }
    }

    /// <summary>How many wait for a permit.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _demand.Count + _background.Count;
            }
        }
    }

    /// <summary>How many of them somebody waits for.</summary>
    public int WaitingDemand
    {
        get
        {
            lock (_gate)
            {
                return _demand.Count;
            }
        }
    }

    /// <summary>Requests of readers that could go out at once.</summary>
    public int Free => FreeFor(FetchPriority.Demand);

    /// <summary>Requests that could go out at once.</summary>
    public int FreeFor(FetchPriority priority)
    {
        lock (_gate)
        {
            int free = priority == FetchPriority.Demand
                ? limit.MostDemand - _taken
                : Math.Min(limit.Current - _taken, limit.MostBackground - _takenByBackground);
            return Math.Max(0, free);
        }
    }

    /// <summary>How many requests may be under way at present.</summary>
    public int Limit
    {
        get
        {
            lock (_gate)
            {
                return limit.Current;
            }
        }
    }
}
