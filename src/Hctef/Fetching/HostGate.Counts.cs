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
    public int Free
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, limit.MostDemand - _taken);
            }
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
