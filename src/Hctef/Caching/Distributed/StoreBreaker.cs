using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Hctef.Caching.Distributed;

/// <summary>
/// Leaves the store alone after a failure: for five seconds, twice as long after each probe that fails, a minute at most. After each rest
/// one probe goes out, and nobody else waits until it has ended: there is one slow wait per rest. Reads and writes have one each,
/// since a store that is full, or a replica, still answers reads.
/// </summary>
/// <remarks>
/// Its lock guards all. What was let in tells its end with the era in which it was; each opening, probe and closing begins
/// another, so that of many that fail together one opens it, and what comes late from an era that has ended changes nothing.
/// </remarks>
internal sealed class StoreBreaker(string operations, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private bool _isOpen;
    private bool _isProbed;
    private long _era;
    private long _opened;
    private TimeSpan _rest;

    /// <summary>Whether the last that is known of the store is a failure.</summary>
    public bool IsOpen => Volatile.Read(ref _isOpen);

    /// <summary>Asks to use the store; whoever may tells one of the three ends.</summary>
    public bool TryEnter(out long era)
    {
        lock (_gate)
        {
            era = _era;
            if (!_isOpen)
            {
                return true;
            }

            if (_isProbed || time.GetElapsedTime(_opened) < _rest)
            {
                return false;
            }

            _isProbed = true;
            era = ++_era;
            return true;
        }
    }

    /// <summary>The store has answered in time.</summary>
    public void Succeeded(long era)
    {
        lock (_gate)
        {
            if (era != _era || !_isOpen)
            {
                return;
            }

            Volatile.Write(ref _isOpen, false);
            _isProbed = false;
            _era++;
        }

        Log.StoreAnswers(logger, operations);
    }

    /// <summary>The store has failed, or not answered in time.</summary>
    /// <param name="era">From <see cref="TryEnter"/>.</param>
    /// <param name="reason">Why, without any text of the store's: that may hold a connection string.</param>
    public void Failed(long era, string reason)
    {
        TimeSpan rest;
        lock (_gate)
        {
            if (era != _era)
            {
                return;
            }

            bool wasOpen = _isOpen;
            rest = _rest = !wasOpen ? FirstRest : TimeSpan.FromTicks(Math.Min(2 * _rest.Ticks, LongestRest.Ticks));
            Volatile.Write(ref _isOpen, true);
            _isProbed = false;
            _era++;
            _opened = time.GetTimestamp();
            if (wasOpen)
            {
                return;
            }
        }

        Log.StoreRests(logger, operations, rest, reason);
    }

    /// <summary>The caller gave up before the store answered: another may probe.</summary>
    public void GivenUp(long era)
    {
        lock (_gate)
        {
            if (era == _era)
            {
                _isProbed = false;
            }
        }
    }
}
