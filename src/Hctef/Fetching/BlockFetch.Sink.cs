using Hctef.Caching;

namespace Hctef.Fetching;

/// <content>The side that the transfer calls: buffers, publishing, the end.</content>
internal sealed partial class BlockFetch : ITransferSink
{
    private const int MostReceiveBytes = 256 * 1024;

    /// <summary>Where bytes go that nobody keeps. Every such receive writes here at once, and nobody ever reads it.</summary>
    private static readonly byte[] Discarded = new byte[64 * 1024];

    public bool IsShared => true;

    public ValueTask WantedAsync(CancellationToken cancellationToken) =>
        EndsUnwanted() ? ValueTask.FromException(new OperationCanceledException(cancellationToken)) : default;

    public Memory<byte> GetBuffer(long offset, long end)
    {
        lock (_gate)
        {
            // Nothing is left to receive where another fetch has taken over.
            end = Math.Min(end, _end);
            Memory<byte> buffer = offset < end ? FindMemory(offset, end) : default;
            (_receiving, _handedTo) = (offset, offset + buffer.Length);
            return buffer;
        }
    }

    public ValueTask<bool> ReceivedAsync(long offset, long replyEnd, CancellationToken cancellationToken)
    {
        // The block of the reply's last byte waits until the body has ended exactly there.
        Wake(Publish((int)(_source.Cache.BlockOf(Math.Min(offset, replyEnd - 1)) - _firstBlock)));
        return new ValueTask<bool>(result: true);
    }

    public long Rewind() => Math.Max(_transfer.First, _source.Cache.OffsetOf(_firstBlock + _published));

    public ValueTask ReplyEndedAsync(long offset)
    {
        if (offset == _transfer.End)
        {
            // The transfer is about to end; then its thread can go on as the reader's.
            _wokenAtEnd = Publish(_slots.Length);
        }
        else
        {
            Wake(Publish((int)(_source.Cache.BlockOf(offset) - _firstBlock)));
        }

        return default;
    }

    public void Finished(HctefException? failure)
    {
        List<BlockWaiter> failed;
        lock (_gate)
        {
            if (_published < _slots.Length && !_detached)
            {
                Detach_NeedsLock();
            }

            failed = [.. _waiters];
            _waiters.Clear();
            foreach (BlockWaiter waiter in failed)
            {
                waiter.Failure = failure is NotAdmittedException ? null : ExceptionCopy.Of(failure ?? new HctefException("The fetch ended early."));
                ForEachPin(waiter, waiter.FirstPin, _source.Cache.Unpin);
                waiter.EndPin = waiter.FirstPin;
            }
        }

        Wake(failed);
    }

    public void Ended()
    {
        EndDrain();

        // No receive is pending and no block of these is loading: their memory is free.
        _source.Cache.Release(_slots.AsSpan(_published), _hold);
        _source.Cache.RemoveLoad(_load);
        Wake(_wokenAtEnd, lastHere: _transfer.HasLeftStarter);
    }

    private static void Wake(List<BlockWaiter>? waiters, bool lastHere = false)
    {
        for (int i = 0; i < waiters?.Count; i++)
        {
            waiters[i].Wake(here: lastHere && i == waiters.Count - 1);
        }
    }

    private Memory<byte> FindMemory(long offset, long end)
    {
        BlockCache cache = _source.Cache;
        int index = (int)(cache.BlockOf(offset) - _firstBlock);
        int within = (int)(offset - cache.OffsetOf(_firstBlock + index));
        if (_slots[index] >= 0)
        {
            Memory<byte> run = cache.Run(_slots.AsSpan(index), Math.Max(1, MostReceiveBytes / cache.BlockBytes))[within..];
            return run[..(int)Math.Min(run.Length, end - offset)];
        }

        int blocks = 1;
        while (index + blocks < _slots.Length && _slots[index + blocks] < 0)
        {
            blocks++;
        }

        long discarded = Math.Min(((long)blocks * cache.BlockBytes) - within, end - offset);
        return Discarded.AsMemory(0, (int)Math.Min(Discarded.Length, discarded));
    }

    /// <summary>Makes the blocks before an index ready, in the order that ARCHITECTURE.md gives reasons for.</summary>
    /// <returns>The waiters that this satisfies, for the caller to wake; null if there are none.</returns>
    private List<BlockWaiter>? Publish(int end)
    {
        BlockCache cache = _source.Cache;
        List<BlockWaiter>? satisfied = null;
        int start = _published;
        if (end <= start)
        {
            return null;
        }

        lock (_gate)
        {
            if (_detached)
            {
                return null;
            }

            for (int i = start; i < end; i++)
            {
                if (_slots[i] >= 0 && !IsPartial(i))
                {
                    cache.Publish(_slots[i]);
                }
            }

            _published = end;
            _filled = Math.Min(cache.OffsetOf(_firstBlock + end), End);
            for (int i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].Needed <= _filled)
                {
                    (satisfied ??= []).Add(_waiters[i]);
                    _waiters.RemoveAt(i);
                }
            }
        }

        OfferToTiers(start, end);
        Admit(start, end);
        return satisfied;
    }

    /// <summary>Between publishing and admitting: the blocks are whole, and cannot be evicted yet.</summary>
    private void OfferToTiers(int start, int end)
    {
        if (_source.Tiers is not { } tiers || _source.Admission is { HasSeenForeign: true })
        {
            return;
        }

        BlockCache cache = _source.Cache;
        // What is downloaded whole goes from memory with its last reader.
        BlockMap? stayIn = _source.IsDownloaded ? null : _source.Map;
        int broughtBy = Math.Min(_transfer.BroughtBy, tiers.Count);
        int index = IsPartial(start) ? start + 1 : start;
        while (index < end && broughtBy > 0)
        {
            int blocks = 1;
            if (_slots[index] >= 0)
            {
                Memory<byte> run = cache.Run(_slots.AsSpan(index, end - index), end - index);
                long offset = cache.OffsetOf(_firstBlock + index);
                tiers.Offer(offset, run.Span[..(int)Math.Min(run.Length, _source.Length - offset)], broughtBy, stayIn);
                blocks = run.Length / cache.BlockBytes;
            }

            index += blocks;
        }
    }

    private bool IsPartial(int index) => index == 0 && _startsInsideBlock;

    private void Admit(int start, int end)
    {
        if (IsPartial(start) && _slots[0] >= 0)
        {
            int filledFrom = (int)(_transfer.First - Start);
            if (!_source.Cache.TryAdmitPartial(_source.Map, _firstBlock, _slots[0], filledFrom))
            {
                _source.Cache.Release(_slots.AsSpan(0, 1));
            }

            start++;
        }

        _source.Cache.Admit(_slots.AsSpan(start, end - start), _hold);
    }
}
