namespace Hctef.Fetching;

/// <summary>
/// How many requests a host may have under way. As TCP finds its window (RFC 5681): at first one more with every reply that came while
/// others waited for a permit; half when the host pushes back; from then on one more with as many replies as there are permits. Its gate's
/// lock guards it.
/// </summary>
/// <remarks>
/// It grows only as long as that brings more: while the first bytes come as soon as ever and, for replies of many bytes, while each of
/// more bodies at once is about as fast as each of fewer (<see cref="HostModel.RatesGrowWith"/>).
/// </remarks>
internal sealed class ConcurrencyLimit(int most, HostModel model, TimeProvider time)
{
    private const int FewestRepliesOfRound = 8;

    /// <summary>How many permits lateness alone leaves: so few do not make a host late.</summary>
    private const int LeastWhenLate = 4;

    private const int ReservedForDemand = 2;

    /// <summary>How many answers in a row are to come after a push-back before hedges are sent again.</summary>
    private const int AnswersUntilCalm = 32;

    private readonly LatencyRounds _rounds = new(time);
    private int _credit;
    private int _lateRounds;
    private int _answersSincePushBack = AnswersUntilCalm;
    private bool _hasPushedBack;
    private bool _isLate;
    private bool _grewInRound;
    private bool _wasBusyInRound;

    public int Current { get; private set; } = Math.Min(HctefDefaults.InitialConcurrency, most);

    /// <summary>
    /// How many of those that readers wait for may be under way: a burst of reads need not wait until the limit has been found, as long as
    /// the host has never pushed back or become late.
    /// </summary>
    public int MostDemand => _hasPushedBack ? Current : Math.Max(Current, Math.Min(HctefDefaults.DemandBurst, most));

    /// <summary>How many of the permits may be held by what nobody waits for.</summary>
    public int MostBackground => Math.Max(1, Current - ReservedForDemand);

    /// <summary>Counts the push-backs heeded. A permit granted under an older epoch tells of the load before it.</summary>
    public int Epoch { get; private set; }

    public bool IsPushedBack => _answersSincePushBack < AnswersUntilCalm;

    /// <summary>A reply was accepted, and its permit comes back.</summary>
    /// <param name="firstByte">How long its first byte took.</param>
    /// <param name="bytes">How many bytes its body brought.</param>
    /// <param name="isShort">Whether others wait for a permit, or none was left: more would have been used.</param>
    /// <param name="epoch">The epoch under which the request's permit was granted: one from before a push-back tells nothing of the load since.</param>
    /// <param name="underWay">How many requests were under way when it came, itself included: a burst is one round.</param>
    public void Answered(TimeSpan firstByte, long bytes, bool isShort, int epoch, int underWay)
    {
        _answersSincePushBack = Math.Min(_answersSincePushBack + 1, AnswersUntilCalm);
        _wasBusyInRound |= isShort || 2 * underWay > Current;
        if (epoch == Epoch && isShort && !_isLate && Current < most && BringsMore(bytes))
        {
            Grow();
        }

        if (epoch == Epoch && _rounds.Add(firstByte, Math.Max(Math.Max(Current, underWay), FewestRepliesOfRound)) is { } late)
        {
            EndRound(late);
        }
    }

    /// <summary>The host refused (429, 503), or the connection failed. One request of a burst counts for all of it.</summary>
    /// <param name="epoch">The epoch under which the request's permit was granted.</param>
    public void PushedBack(int epoch)
    {
        _answersSincePushBack = 0;
        if (epoch == Epoch)
        {
            Halve(least: 1);
        }
    }

    private bool BringsMore(long bytes)
    {
        bool? grows = model.RatesGrowWith(Current);

        // Below the first assumption nothing need be known: of a single permit there is nothing smaller to compare with.
        bool mayGuess = bytes < HostModel.MinBodyBytes || Current < HctefDefaults.InitialConcurrency;
        return mayGuess ? grows != false : grows == true;
    }

    private void Grow()
    {
        if (_hasPushedBack && ++_credit < Current)
        {
            return;
        }

        _credit = 0;
        _grewInRound = true;
        Current++;
    }

    private void EndRound(bool late)
    {
        _isLate = late;

        // New connections answer late once: a round in which there are more permits says nothing of the load.
        _lateRounds = !late || !_wasBusyInRound ? 0 : _grewInRound ? _lateRounds : _lateRounds + 1;
        _grewInRound = _wasBusyInRound = false;
        if (_lateRounds == 2)
        {
            Halve(LeastWhenLate);
        }
    }

    private void Halve(int least)
    {
        Epoch++;
        Current = Math.Max(Current / 2, Math.Min(least, Current));
        (_credit, _lateRounds, _hasPushedBack) = (0, 0, true);
    }
}
