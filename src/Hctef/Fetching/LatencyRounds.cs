namespace Hctef.Fetching;

/// <summary>
/// Tells whether a host answers later than it can: the median time to first byte of each round of replies, against the least such median
/// of the last half to whole minute. Medians, so that a host of which some files are nearer than others is not taken for a slow one. Its
/// owner's lock guards it.
/// </summary>
internal sealed class LatencyRounds(TimeProvider time)
{
    private const int MaxReplies = 64;

    /// <summary>What a median may be later without being twice as late, so that a host a fraction of a millisecond away has room.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan HalfWindow = TimeSpan.FromSeconds(30);

    private readonly long[] _replies = new long[MaxReplies];
    private int _count;
    private long _least = long.MaxValue;
    private long _leastBefore = long.MaxValue;
    private long _since = time.GetTimestamp();

    /// <summary>Adds a reply to the round.</summary>
    /// <param name="firstByte">How long its first byte took.</param>
    /// <param name="replies">How many replies make a round; 64 at most.</param>
    /// <returns>Null within a round; at its end whether its replies were late.</returns>
    public bool? Add(TimeSpan firstByte, int replies)
    {
        _replies[_count++] = firstByte.Ticks;
        if (_count < Math.Min(replies, MaxReplies))
        {
            return null;
        }

        Span<long> round = _replies.AsSpan(0, _count);
        round.Sort();
        _count = 0;
        return IsLate(round[(round.Length - 1) / 2]);
    }

    private bool IsLate(long median)
    {
        if (time.GetElapsedTime(_since) > HalfWindow)
        {
            (_leastBefore, _least, _since) = (_least, long.MaxValue, time.GetTimestamp());
        }

        _least = Math.Min(_least, median);
        return median > (2 * Math.Min(_least, _leastBefore)) + Slack.Ticks;
    }
}
