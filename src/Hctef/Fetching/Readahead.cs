namespace Hctef.Fetching;

/// <summary>
/// Reads ahead of one cursor, or of the streams that show among a file's positional reads. It is told of reads that miss and of blocks
/// that are entered first, never of hot reads.
/// </summary>
/// <remarks>
/// Its lock guards the windows and their patterns; a fetch's lock and the cache's are taken inside it. Fetches are started and given
/// up outside it, since both may run a user's handler.
/// </remarks>
internal sealed class Readahead : IDisposable
{
    /// <summary>Between reads of neighbouring blocks there may be hits that were not told.</summary>
    private const int NearBlocks = 2;

    /// <summary>For each stream that is told apart, so many reads elsewhere are waited for one to go on.</summary>
    private const int PatienceReads = 3;

    private readonly Lock _gate = new();
    private readonly RangeSource _source;
    private readonly int _mostStreams;
    private readonly CancellationTokenRegistration _closing;

    /// <summary>The one used last in front.</summary>
    private readonly LinkedList<ReadaheadWindow> _windows = new();
    private readonly RecentReads _recent;
    private long _limit = long.MaxValue;
    private long _reads;
    private bool _disposed;

    /// <summary>Begins to watch reads. It ends when it is disposed, or when the file closes.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="mostStreams">How many streams of reads are told apart.</param>
    public Readahead(RangeSource source, int mostStreams)
    {
        (_source, _mostStreams, _recent) = (source, mostStreams, new RecentReads(mostStreams));

        // Weak: a file that stays open must not keep cursors alive that nobody closed.
        _closing = source.Closing.UnsafeRegister(
            static watcher => (((WeakReference<Readahead>)watcher!).TryGetTarget(out Readahead? readahead) ? readahead : null)?.Dispose(),
            new WeakReference<Readahead>(this));
    }

    /// <summary>The reader goes through a range in order, and no further.</summary>
    public void Expect(long start, long end)
    {
        var work = new ReadaheadWork();
        var window = new ReadaheadWindow(_source, new AccessPattern(start, start));
        window.Size.Open();
        lock (_gate)
        {
            if (!_disposed)
            {
                CloseAll(work);
                _limit = end;
                _windows.AddFirst(window);
            }
        }

        work.Run();
    }

    /// <summary>A read found bytes missing.</summary>
    /// <param name="offset">Where it starts.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="window">For <see cref="OnAsked"/>; null where nothing will be ahead of the read.</param>
    /// <returns>How far its own request should go, at least to the read's end.</returns>
    public long OnMiss(long offset, int length, out ReadaheadWindow? window)
    {
        var work = new ReadaheadWork();
        long end = offset + length;
        window = null;
        lock (_gate)
        {
            if (_disposed)
            {
                return end;
            }

            window = Follow(offset, end, work, out bool begins);
            if (begins)
            {
                end = FirstEnd(offset, end);
            }
            else if (window.Pattern.IsConfirmed)
            {
                end = Math.Max(end, Math.Min(window.Stall(), _limit));
            }

            if (end == offset + length && !window.Pattern.IsConfirmed)
            {
                window = null;
            }
        }

        work.Run();
        return end;
    }

    /// <summary>The requests of a read that missed are under way: now what is ahead of them may be asked.</summary>
    /// <param name="window">The read's.</param>
    /// <param name="fetches">Those requests; what they bring behind the read is wanted by the window.</param>
    public void OnAsked(ReadaheadWindow window, IReadOnlyList<BlockFetch> fetches)
    {
        var work = new ReadaheadWork();
        lock (_gate)
        {
            if (!window.IsClosed)
            {
                window.Adopt(fetches);
            }

            Advance(window, work);
            window.OnStalled(work);
        }

        work.Run();
    }

    /// <summary>A read found all its bytes and entered blocks that nobody had read.</summary>
    public void OnTouched(long offset, int length)
    {
        var work = new ReadaheadWork();
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            Advance(Follow(offset, offset + length, work, out _), work);
        }

        work.Run();
    }

    public void Dispose()
    {
        _closing.Unregister();
        var work = new ReadaheadWork();
        lock (_gate)
        {
            _disposed = true;
            CloseAll(work);
        }

        work.Run();
    }

    private void CloseAll(ReadaheadWork work)
    {
        foreach (ReadaheadWindow window in _windows)
        {
            window.Close(work);
        }

        _windows.Clear();
    }

    private void Advance(ReadaheadWindow window, ReadaheadWork work)
    {
        if (window.Pattern.IsConfirmed && !window.IsClosed)
        {
            window.Move(work);
            window.Extend(_limit, work);
        }
    }

    /// <summary>Finds the stream that a read belongs to, or begins one.</summary>
    private ReadaheadWindow Follow(long start, long end, ReadaheadWork work, out bool begins)
    {
        long near = (long)NearBlocks * _source.Cache.BlockBytes;
        long gap = Math.Max(near, _source.StreamGapBytes);
        _reads++;
        ReadaheadWindow? found = Find(window => window.Pattern.TryFollow(start, end, near, gap));
        if (found is null && _mostStreams == 1)
        {
            // A single reader whose reads were hits of what others had read first; of several, each may read ahead of the next.
            found = Find(window => window.TryFollowAhead(start, end, near));
        }

        if (found is null && _recent.Find(start, near) is { } recent)
        {
            // Streams that take turns are equally far apart for a while: going on from an earlier read tells more than a stride.
            found = Begin(new AccessPattern(recent.Start, recent.End), work);
            found.Pattern.TryFollow(start, end, near, gap);
        }

        found ??= Find(window => window.Pattern.TryFollowStride(start, end));
        begins = found is null;
        found ??= Begin(new AccessPattern(start, end, _recent.Last?.Start), work);
        _recent.Add(start, end);
        return found;
    }

    private ReadaheadWindow? Find(Predicate<ReadaheadWindow> follows)
    {
        for (LinkedListNode<ReadaheadWindow>? node = _windows.First; node is not null; node = node.Next)
        {
            if (follows(node.Value))
            {
                _windows.Remove(node);
                _windows.AddFirst(node);
                node.Value.LastRead = _reads;
                return node.Value;
            }
        }

        return null;
    }

    /// <summary>
    /// Begins a stream, in place of that used longest ago where there are enough: single reads make room first, or a few reads elsewhere
    /// would end the streams between them. A stream that nobody has gone on with for long was one by chance, or has ended.
    /// </summary>
    private ReadaheadWindow Begin(AccessPattern pattern, ReadaheadWork work)
    {
        if (_windows.Count >= _mostStreams)
        {
            LinkedListNode<ReadaheadWindow>? oldest = _windows.Last;
            while (oldest is { Value.Pattern.IsConfirmed: true } && _reads - oldest.Value.LastRead <= PatienceReads * _mostStreams)
            {
                oldest = oldest.Previous;
            }

            oldest ??= _windows.Last!;
            oldest.Value.Close(work);
            _windows.Remove(oldest);
        }

        return _windows.AddFirst(new ReadaheadWindow(_source, pattern) { LastRead = _reads }).Value;
    }

    /// <summary>The first request of a run covers what runs of this file usually have.</summary>
    private long FirstEnd(long start, long end)
    {
        long expected = Math.Min(_source.Runs.ExpectedBytes, Math.Min(_source.LongestFirstRequest, _source.MaxReadaheadBytes));
        return Math.Min(Math.Max(end, start + expected), _source.Length);
    }
}
