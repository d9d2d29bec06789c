namespace Hctef.Fetching;

/// <summary>
/// What the reads of one file have taught about the next: how long its runs are, and whether reading ahead was worth it. One lock;
/// taken when a run begins or ends.
/// </summary>
internal sealed class RunHistory
{
    private const int Enough = 2;
    private const double Weight = 0.4;
    private const double LeastTrust = 1.0 / 64;

    private readonly Lock _gate = new();
    private double _average;
    private double _deviation;
    private double _trust = 1;
    private int _runs;

    /// <summary>
    /// How many bytes a run has at most, as a rule: the moving average of the latest, and twice their mean deviation (the estimator of
    /// RFC 6298); 0 until two have ended. What a run has less is received for nothing, what it has more costs a latency.
    /// </summary>
    public long ExpectedBytes
    {
        get
        {
            lock (_gate)
            {
                return _runs < Enough ? 0 : (long)(_average + (2 * _deviation));
            }
        }
    }

    /// <summary>The share of a full window that is worth fetching ahead: halved by each run that left most of it unread.</summary>
    public double Trust
    {
        get
        {
            lock (_gate)
            {
                return _trust;
            }
        }
    }

    /// <summary>A run of reads has ended.</summary>
    /// <param name="bytes">From its first to its last read.</param>
    /// <param name="longest">What a first request may ask at most: runs longer than that all count alike.</param>
    /// <param name="ahead">The bytes that were fetched ahead of its reader.</param>
    /// <param name="unread">Those of them that it never came to.</param>
    public void Add(long bytes, long longest, long ahead, long unread)
    {
        double length = Math.Min(bytes, longest);
        lock (_gate)
        {
            double error = length - _average;
            _deviation = _runs == 0 ? 0 : _deviation + (Weight * (Math.Abs(error) - _deviation));
            _average = _runs == 0 ? length : _average + (Weight * error);
            _runs = Math.Min(_runs + 1, Enough);
            if (ahead > 0)
            {
                _trust = unread > ahead / 2 ? Math.Max(_trust / 2, LeastTrust) : Math.Min(_trust * 2, 1);
            }
        }
    }
}
