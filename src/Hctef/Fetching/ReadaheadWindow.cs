using Hctef.Caching;

namespace Hctef.Fetching;

/// <summary>
/// One stream of reads and the bytes ahead of it that are cached or on their way. Under the lock of its <see cref="Readahead"/>; the
/// hold under the cache's.
/// </summary>
internal sealed class ReadaheadWindow(RangeSource source, AccessPattern pattern)
{
    private readonly List<BlockFetch> _fetches = [];
    private BlockHold? _hold;
    private long _edge = -1;
    private bool _stalled;
    private long _passed;
    private long _askedBytes;

    public AccessPattern Pattern => pattern;

    public ReadaheadSize Size { get; } = new(source);

    public bool IsClosed { get; private set; }

    /// <summary>Which of all reads was its last.</summary>
    public long LastRead { get; set; }

    private BlockCache Cache => source.Cache;

    /// <summary>
    /// Takes a read for the next of the stream, if it is of what has been fetched ahead, and all before it is there: then reads were not
    /// told of, since others had been there first.
    /// </summary>
    /// <param name="start">The read's start.</param>
    /// <param name="end">Behind its last byte.</param>
    /// <param name="near">The most bytes between reads that belong together without doubt.</param>
    public bool TryFollowAhead(long start, long end, long near) =>
        (pattern.IsBackward ? end <= pattern.Start : start >= pattern.End)
        && _fetches.TrueForAll(fetch => pattern.IsBackward ? fetch.Start < end || fetch.HasAllBefore(fetch.End) : fetch.HasAllBefore(start))
        && pattern.TryFollow(start, end, near, BytesAhead());

    /// <summary>The reader has to wait for its next bytes.</summary>
    /// <returns>How far its own request should go: at the first wait it goes on ahead, which costs no request.</returns>
    public long Stall()
    {
        _stalled |= Size.TryStall(pattern.IsBackward ? -pattern.End : pattern.Start);
        Size.Update(pattern);
        if (_edge >= 0 && HasLostBlocks())
        {
            _edge = -1;
        }

        if (_edge >= 0 || pattern.IsBackward || pattern.Stride != 0)
        {
            return pattern.End;
        }

        _edge = Math.Min(pattern.End + Math.Min(Size.Bytes, source.Host.Costs.PieceBytes), source.Length);
        return _edge;
    }

    /// <summary>Takes an interest in what the reader's own requests, or others', bring ahead of it.</summary>
    public void Adopt(IReadOnlyList<BlockFetch> fetches)
    {
        foreach (BlockFetch fetch in fetches)
        {
            bool isAhead = pattern.IsBackward ? fetch.Start < pattern.Start : fetch.End > pattern.End;
            if (isAhead && !_fetches.Contains(fetch) && fetch.TryGainInterest())
            {
                _fetches.Add(fetch);
            }
        }
    }

    /// <summary>Asks for what is missing of the window, up to a limit that the reader will not go beyond.</summary>
    public void Extend(long limit, ReadaheadWork work)
    {
        Size.Update(pattern);
        if (Size.Bytes == 0)
        {
            return;
        }

        Prepare();
        if (_hold is null)
        {
            // The first read that told the pattern went up to the file's end.
            return;
        }

        if (pattern.Stride != 0)
        {
            ExtendByStride(limit, work);
        }
        else if (pattern.IsBackward)
        {
            ExtendBackward(work);
        }
        else
        {
            ExtendForward(limit, work);
        }
    }

    /// <summary>The reader waits for its own request, and all is asked: what comes next is what it will wait for then.</summary>
    public void OnStalled(ReadaheadWork work)
    {
        if (_stalled)
        {
            _stalled = false;
            Size.SetStalledTo(pattern.IsBackward ? -Math.Min(_edge, pattern.Start) : Math.Max(_edge, pattern.End));
        }

        BlockFetch? next = null;
        foreach (BlockFetch fetch in _fetches)
        {
            bool isAhead = pattern.IsBackward ? fetch.End <= pattern.Start : fetch.Start >= pattern.End;
            if (isAhead && (next is null || (pattern.IsBackward ? fetch.Start > next.Start : fetch.Start < next.Start)))
            {
                next = fetch;
            }
        }

        work.Next = next;
    }

    /// <summary>The reader has moved: what it has passed is not held for it any longer.</summary>
    public void Move(ReadaheadWork work)
    {
        for (int i = _fetches.Count - 1; i >= 0; i--)
        {
            BlockFetch fetch = _fetches[i];
            if (pattern.IsBackward ? fetch.Start >= pattern.End : fetch.End <= pattern.Start)
            {
                // Its tail may have been taken over: that is still ahead, and would end with it.
                Adopt(fetch.GetHeirs());
                work.Satisfy(fetch);
                _fetches.Remove(fetch);
            }
        }

        if (_hold is not null)
        {
            long block = CurrentBlock();
            (long first, long end) = pattern.IsBackward ? (block + 1, _passed) : (_passed, block);
            lock (Cache.Gate)
            {
                Cache.MoveHold_NeedsLock(_hold, block, source.Map, first, end);
            }

            _passed = pattern.IsBackward ? block + 1 : block;
            if (IsAtEnd())
            {
                Cache.ReleaseHold(_hold);
            }
        }
    }

    /// <summary>The reader went elsewhere, or is gone: nothing is held any longer, and what is under way is given up.</summary>
    public void Close(ReadaheadWork work)
    {
        IsClosed = true;
        long unread = 0;
        foreach (BlockFetch fetch in _fetches)
        {
            unread += fetch.IsFor(_hold) && fetch.State != FetchState.Closed ? fetch.BytesMissing : 0;
        }

        if (_fetches.Count > 0)
        {
            work.Abandon(_fetches);
            _fetches.Clear();
        }

        if (_hold is not null)
        {
            unread += (long)Cache.ReleaseHold(_hold) * Cache.BlockBytes;
        }

        source.Runs.Add(pattern.RunBytes, source.LongestFirstRequest, _askedBytes, unread);
    }

    /// <summary>
    /// Whether blocks of the current read that were cached or on their way are so no more: their fetch failed or was given up by the reader
    /// that it was for, or they were evicted. What follows them may be missing too.
    /// </summary>
    private bool HasLostBlocks()
    {
        long block = Cache.BlockOf(pattern.Start);
        long end = Cache.BlocksFor(pattern.End);
        if (pattern.Stride == 0)
        {
            (block, end) = pattern.IsBackward ? (Math.Max(block, Cache.BlocksFor(_edge)), end) : (block, Math.Min(end, Cache.BlockOf(_edge)));
        }

        lock (Cache.Gate)
        {
            while (block < end && !AbsentRuns.IsAbsent_NeedsLock(source, block))
            {
                block++;
            }
        }

        return block < end;
    }

    /// <summary>How far the requests of the window go, whether they are its own or wanted by it along with others.</summary>
    private long BytesAhead()
    {
        if (_edge < 0 || !pattern.IsConfirmed || pattern.Stride != 0)
        {
            return 0;
        }

        long ahead = pattern.IsBackward ? pattern.Start - _edge : _edge - pattern.End;
        foreach (BlockFetch fetch in _fetches)
        {
            ahead = Math.Max(ahead, pattern.IsBackward ? pattern.Start - fetch.Start : fetch.End - pattern.End);
        }

        return ahead;
    }

    /// <summary>The first block that the current read needs, in the direction of the reader.</summary>
    private long CurrentBlock() => Cache.BlockOf(pattern.IsBackward ? pattern.End - 1 : pattern.Start);

    private bool IsAtEnd() => pattern.IsBackward ? pattern.Start == 0 : pattern.End >= source.Length;

    private void Prepare()
    {
        if (_edge < 0)
        {
            _edge = pattern.IsBackward || pattern.Stride != 0 ? pattern.Start : pattern.End;
        }

        // A hold that had to give way to others begins anew from where the reader is.
        if ((_hold is null || _hold.IsReleased) && !IsAtEnd())
        {
            long block = CurrentBlock();
            _passed = pattern.IsBackward ? block + 1 : block;
            lock (Cache.Gate)
            {
                _hold = Cache.CreateHold_NeedsLock(block, pattern.IsBackward);
            }
        }
    }

    private void ExtendForward(long limit, ReadaheadWork work)
    {
        long end = Math.Min(limit, source.Length);
        long last = Math.Min(pattern.End + Size.Bytes, end);
        _edge = Math.Max(_edge, pattern.End);
        long step = Size.StepBytes(end - _edge);

        // Not in crumbs: a request is of a full step, or goes to the end.
        while (_edge < last && (_edge + step <= last || last == end))
        {
            long asked = Ask(_edge, Math.Min(_edge + step, last), work);
            _edge += asked;
            if (asked < step)
            {
                return;
            }

            step = Size.StepBytes(end - _edge);
        }
    }

    private void ExtendBackward(ReadaheadWork work)
    {
        long last = Math.Max(0, pattern.Start - Size.Bytes);
        _edge = Math.Min(_edge, pattern.Start);
        long step = Size.StepBytes(_edge);
        while (_edge > last && (_edge - step >= last || last == 0))
        {
            // What there is no memory for lies nearest to the reader: it is asked when there is.
            long start = Math.Max(_edge - step, last);
            if (Ask(start, _edge, work) < _edge - start)
            {
                return;
            }

            _edge = start;
        }
    }

    /// <summary>Of reads with large holes between them only the reads are asked, no more than two for each permit.</summary>
    private void ExtendByStride(long limit, ReadaheadWork work)
    {
        long length = Math.Max(1, pattern.End - pattern.Start);
        long most = Math.Clamp(Size.Bytes / length, 1, 2L * source.Host.Gate.Limit);
        _edge = pattern.IsBackward ? Math.Min(_edge, pattern.Start) : Math.Max(_edge, pattern.Start);
        for (long next = _edge + pattern.Stride; (next - pattern.Start) / pattern.Stride <= most; next += pattern.Stride)
        {
            long end = next + Math.Min(length, source.Length - next);
            if (next < 0 || next >= Math.Min(limit, source.Length) || Ask(next, end, work) < end - next)
            {
                return;
            }

            _edge = next;
        }
    }

    /// <summary>Starts to fetch what is absent of a range, or as much from its start as memory is granted for, but no crumbs.</summary>
    /// <returns>The bytes that are cached or on their way now.</returns>
    private long Ask(long start, long end, ReadaheadWork work)
    {
        int wanted = (int)(Cache.BlocksFor(end) - Cache.BlockOf(start));
        int before = work.Started.Count;
        List<BlockFetch> others = [];
        lock (Cache.Gate)
        {
            // Before the claim: what is on its way for others is counted on, and must not end with them.
            AddLoads_NeedsLock(start, end, others);
            int granted = Cache.GrantAhead_NeedsLock(_hold!, wanted);
            if (granted < wanted)
            {
                end = granted < (wanted + 1) / 2 || pattern.IsBackward ? start : Cache.OffsetOf(Cache.BlockOf(start) + granted);
            }

            if (end == start || !FetchPlanner.Claim_NeedsLock(source, start, end, granted, FetchPriority.Background, work.Started, _hold))
            {
                end = start;
            }
        }

        for (int i = before; i < work.Started.Count; i++)
        {
            _fetches.Add(work.Started[i]);
            _askedBytes += work.Started[i].BytesToAsk;
        }

        Adopt(others);
        return end - start;
    }

    private void AddLoads_NeedsLock(long start, long end, List<BlockFetch> loads)
    {
        long endBlock = Cache.BlocksFor(end);
        for (long block = Cache.BlockOf(start); block < endBlock; block++)
        {
            if (Cache.StateOf_NeedsLock(source.Map, block, out IBlockLoad? load) == BlockState.Loading
                && load is BlockFetch fetch && (loads.Count == 0 || loads[^1] != fetch))
            {
                loads.Add(fetch);
            }
        }
    }
}
