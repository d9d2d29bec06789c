namespace Hctef.Diagnostics;

/// <summary>
/// The counts behind <see cref="RemoteFileStatistics"/>. What hot reads count is striped by thread, so that no cache line moves
/// between cores, and summed when somebody asks; a thread's stripe comes with its first read of the file.
/// </summary>
/// <remarks>
/// The array of stripes only grows, by copying; a stripe once in it stays. It is read without a lock; who adds a stripe publishes its
/// array by compare-and-swap.
/// </remarks>
internal sealed class FileCounters
{
    private readonly CounterTotals? _totals;
    private readonly LinkedListNode<WeakReference<FileCounters>>? _place;
    private CounterStripe?[] _stripes = [];
    private long _requests;
    private long _bytesFetched;
    private long _bytesFromTiers;
    private long _misses;
    private long _hedges;
    private LastFailure? _lastFailure;
    private long _blocksHit;
    private long _blocksMissed;
    private long _blocksJoined;

    /// <summary>Begins to count a file.</summary>
    /// <param name="totals">Who wants to know it, also when the file is gone.</param>
    public FileCounters(CounterTotals? totals = null)
    {
        _totals = totals;
        _place = totals?.Add(this);
    }

#pragma warning disable MA0055 // Do not use finalizer: users forget to close files, and what those have counted must not vanish.
    ~FileCounters() => _totals?.Remove(this, _place!);
#pragma warning restore MA0055

    /// <summary>Where the reads of the current thread count.</summary>
    public CounterStripe Current
    {
        get
        {
            int number = CounterStripe.NumberOfCurrentThread;
            CounterStripe?[] stripes = Volatile.Read(ref _stripes);
            return (uint)number < (uint)stripes.Length && stripes[number] is { } stripe ? stripe : AddStripe(number);
        }
    }

    /// <summary>Immutable, and replaced as a whole; of failures at one moment any may be the last.</summary>
    public LastFailure? LastFailure
    {
        get => Volatile.Read(ref _lastFailure);
        set => Volatile.Write(ref _lastFailure, value);
    }

    /// <summary>The blocks that reads have entered.</summary>
    public BlockReads Blocks
    {
        get
        {
            long hits = Interlocked.Read(ref _blocksHit);
            foreach (CounterStripe? stripe in Volatile.Read(ref _stripes))
            {
                hits += stripe?.Blocks ?? 0;
            }

            return new BlockReads(hits, Interlocked.Read(ref _blocksMissed), Interlocked.Read(ref _blocksJoined));
        }
    }

    public long BytesFetched => Interlocked.Read(ref _bytesFetched);

    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Second requests sent because the first was late; they are counted as requests too.</summary>
    public long Hedges => Interlocked.Read(ref _hedges);

    public void CountHedge() => Interlocked.Increment(ref _hedges);

    public void CountFetched(long bytes) => Interlocked.Add(ref _bytesFetched, bytes);

    public void CountFromTiers(long bytes) => Interlocked.Add(ref _bytesFromTiers, bytes);

    public void CountMiss(long bytesServed, BlockReads blocks)
    {
        Interlocked.Increment(ref _misses);
        Interlocked.Add(ref _blocksHit, blocks.Hits);
        Interlocked.Add(ref _blocksMissed, blocks.Misses);
        Interlocked.Add(ref _blocksJoined, blocks.Joined);
        Current.CountServed(bytesServed);
    }

    public RemoteFileStatistics Snapshot()
    {
        long hits = 0;
        long served = 0;
        foreach (CounterStripe? stripe in Volatile.Read(ref _stripes))
        {
            hits += stripe?.Hits ?? 0;
            served += stripe?.BytesServed ?? 0;
        }

        return new RemoteFileStatistics
        {
            Requests = Interlocked.Read(ref _requests),
            BytesFetched = BytesFetched,
            BytesFromTiers = Interlocked.Read(ref _bytesFromTiers),
            BytesServed = served,
            Hits = hits,
            Misses = Interlocked.Read(ref _misses),
        };
    }

    private CounterStripe AddStripe(int number)
    {
        var added = new CounterStripe(number);
        while (true)
        {
            CounterStripe?[] known = Volatile.Read(ref _stripes);
            if (number < known.Length && known[number] is { } stripe)
            {
                return stripe;
            }

            var grown = new CounterStripe?[Math.Max(known.Length, number + 1)];
            known.CopyTo(grown.AsSpan());
            grown[number] = added;
            if (Interlocked.CompareExchange(ref _stripes, grown, known) == known)
            {
                return added;
            }
        }
    }
}
