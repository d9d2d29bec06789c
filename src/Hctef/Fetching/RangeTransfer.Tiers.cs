using System.Runtime.ExceptionServices;
using Hctef.Caching.Tiers;

namespace Hctef.Fetching;

/// <content>Bytes that a tier below the memory has: they need no permit and no request.</content>
/// <remarks>
/// A tier is asked where the transfer stands, before its next request. What it does not have is asked of the origin, up to where a tier
/// goes on. Where a tier is not expected to be sooner than the origin, both are asked at once (<see cref="TierRace"/>).
/// </remarks>
internal sealed partial class RangeTransfer
{
    /// <summary>A run that starts behind where the transfer stands: the origin is asked for what is before it.</summary>
    private TierRun? _runAhead;
    private int _runAheadFrom;

    /// <summary>Where the next request ends, since a tier has what follows; tiers are not asked again before.</summary>
    private long _askTo;

    /// <summary>Where a tier said that it goes on; -1 for nowhere.</summary>
    private long _promised = -1;
    private TierRace? _race;

    /// <summary>The tier that brings the bytes at present; the number of tiers for the origin.</summary>
    public int BroughtBy { get; private set; } = int.MaxValue;

    /// <summary>Where a request that is sent now ends.</summary>
    private long AskEnd => _source.IsDownloaded || _askTo <= _received ? End : Math.Min(End, _askTo);

    /// <summary>
    /// A file that can only be downloaded whole may lie in a tier: then the body of the reply that has opened it need not come again.
    /// </summary>
    private async ValueTask LeaveOpeningReplyAsync(CancellationToken cancellationToken)
    {
        if (_openingReply is { IsWhole: true } opening
            && _source.Tiers is { } tiers
            && await tiers.HaveAllAsync(_received, End, cancellationToken).ConfigureAwait(false))
        {
            _openingReply = null;
            opening.Dispose();
            _permit?.Dispose();
            _permit = null;
        }
    }

    /// <summary>Takes what tiers have from where the transfer stands.</summary>
    /// <returns>False where the origin is to be asked.</returns>
    private async ValueTask<bool> TakeFromTiersAsync(VersionTiers tiers, CancellationToken cancellationToken)
    {
        if (_received < _askTo || tiers.IsClosed)
        {
            return false;
        }

        await _sink.WantedAsync(cancellationToken).ConfigureAwait(false);
        if (_runAhead is { } ahead)
        {
            _runAhead = null;
            using (ahead)
            {
                return ahead.Start <= _received && _received < ahead.End
                    && await TakeAsync(ahead, _runAheadFrom, cancellationToken).ConfigureAwait(false);
            }
        }

        for (int i = 0; i < tiers.Count; i++)
        {
            if (!IsSoonerThanOrigin(tiers[i]))
            {
                return await RaceAsync(tiers, i, cancellationToken).ConfigureAwait(false);
            }

            TierRun? run = await tiers[i].ReadAsync(_received, End, cancellationToken).ConfigureAwait(false);
            if (run is not null && await TryTakeAsync(run, i, cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }

        SetAskTo(tiers);
        return false;
    }

    private bool IsSoonerThanOrigin(ITierVersion tier)
    {
        long bytes = End - _received;
        TimeSpan expected = tier.ExpectedTime(bytes);
        IHostCosts costs = _source.Host.Costs;

        // Of an origin that has not answered yet only a guess is known; a store has been chosen to be near.
        return expected <= TimeSpan.Zero
            || _source.Host.Model.MeasuredLatency is null
            || expected.TotalSeconds < costs.Latency.TotalSeconds + (bytes / costs.BytesPerSecond);
    }

    /// <summary>Takes a run, or keeps it until the origin has brought what is before it, or drops it where that is not worth a request's end.</summary>
    private async ValueTask<bool> TryTakeAsync(TierRun run, int tier, CancellationToken cancellationToken)
    {
        if (run.Start > _received)
        {
            if (_runAhead is null && run.Start < End && !_source.IsDownloaded && (run.End >= End || run.End - run.Start >= _source.Host.Costs.GapBytes))
            {
                (_runAhead, _runAheadFrom, _askTo) = (run, tier, run.Start);
            }
            else
            {
                run.Dispose();
            }

            return false;
        }

        using (run)
        {
            return await TakeAsync(run, tier, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The origin brings what no tier has, and small runs that one has with it: each end of a request costs another one.</summary>
    private void SetAskTo(VersionTiers tiers)
    {
        if (_askTo > _received)
        {
            return;
        }

        long end = End;
        _askTo = end;
        if (_received == _promised)
        {
            // What it says to keep it cannot read: the next would be a request for the block that it says so of.
            return;
        }

        long least = Math.Min(_source.Host.Costs.GapBytes, end - _received);
        for (int i = 0; i < tiers.Count && !_source.IsDownloaded; i++)
        {
            // From the next block on: the tier was asked for this one.
            long next = _source.Cache.OffsetOf(_source.Cache.BlockOf(_received) + 1);
            if (next < _askTo)
            {
                _askTo = tiers[i].FindHeld(next, _askTo, least);
            }
        }

        _promised = _askTo < end ? _askTo : -1;
    }

    /// <summary>Copies a run to the sink, as the body of a reply would come.</summary>
    /// <returns>Whether any of it was wanted.</returns>
    private async ValueTask<bool> TakeAsync(TierRun run, int tier, CancellationToken cancellationToken)
    {
        long begun = _received;
        long end = Math.Min(run.End, End);
        BroughtBy = tier;
        try
        {
            while (_received < end)
            {
                Memory<byte> buffer = _sink.GetBuffer(_received, end);
                if (buffer.IsEmpty)
                {
                    break;
                }

                run.Bytes.Slice((int)(_received - run.Start), buffer.Length).CopyTo(buffer);
                _received += buffer.Length;
                if (!await _sink.ReceivedAsync(_received, end, cancellationToken).ConfigureAwait(false))
                {
                    break;
                }
            }

            if (_received == end)
            {
                await _sink.ReplyEndedAsync(_received).ConfigureAwait(false);
            }
        }
        finally
        {
            BroughtBy = int.MaxValue;
            _source.Counters.CountFromTiers(_received - begun);
        }

        return _received > begun;
    }

    /// <summary>Asks a tier and the origin at once, and takes the bytes of whichever has them first.</summary>
    private async ValueTask<bool> RaceAsync(VersionTiers tiers, int tier, CancellationToken cancellationToken)
    {
        SetAskTo(tiers);
        HctefException? failure = null;
        using var race = new TierRace(tiers[tier], _received, AskEnd, cancellationToken);
        _race = race;
        try
        {
            await RequestAsync(race.OriginToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && race.IsWonByTier)
        {
            // The request was given up for it.
        }
        catch (HctefException failed)
        {
            failure = failed;
        }
        finally
        {
            _race = null;
        }

        // An origin that fails leaves the tier all the time that it may take.
        using TierRun? run = await race.EndAsync().ConfigureAwait(false);
        if (run is not null)
        {
            _askTo = _received;
            await TakeAsync(run, tier, cancellationToken).ConfigureAwait(false);
        }
        else if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return true;
    }
}
