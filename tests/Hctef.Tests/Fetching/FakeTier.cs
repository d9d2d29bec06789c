using Hctef.Caching;
using Hctef.Caching.Tiers;
using Hctef.Diagnostics;

namespace Hctef.Tests.Fetching;

/// <summary>
/// A tier in memory that keeps what it is offered, and lets the test say how fast it is and what it has. The lock guards what it keeps;
/// all versions are alike to it, so that a test opens one.
/// </summary>
internal sealed class FakeTier(int blockBytes) : IBlockTier, ITierVersion
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, byte[]> _blocks = [];
    private readonly RangeSet _kept = [];
    private readonly List<(long Start, long End)> _offers = [];

    public string Name { get; init; } = "fake";

    public TierCounters Counters { get; } = new();

    public int ChunkBytes => ChunkBlocks * blockBytes;

    public int ChunkBlocks { get; set; } = 1;

    public TimeSpan Expected { get; set; }

    /// <summary>The most bytes of one run.</summary>
    public int MostBytes { get; set; } = 1 << 20;

    /// <summary>Whether it learns what it has only by asking: runs may start behind what was asked, and nothing is known in advance.</summary>
    public bool IsRemote { get; set; }

    /// <summary>What a read waits for.</summary>
    public Func<CancellationToken, Task>? Before { get; set; }

    public bool HasNoRoom { get; set; }

    /// <summary>Whether versions that are opened from now on are none that it keeps.</summary>
    public bool KeepsNone { get; set; }

    /// <summary>Called in each offer that is turned down, before it returns.</summary>
    public Action? OnTurningDown { get; set; }

    public bool PrefersCalm { get; set; }

    public Action? Drained { get; set; }

    public int Reads { get; private set; }

    public VersionIdentity? Opened { get; private set; }

    public int Disposals { get; private set; }

    public List<string> Evicted { get; } = [];

    /// <summary>Called by each eviction.</summary>
    public Func<Task>? OnEvicting { get; set; }

    public (long Start, long End)[] Offers
    {
        get
        {
            lock (_gate)
            {
                return [.. _offers];
            }
        }
    }

    public ITierVersion? Open(VersionIdentity identity)
    {
        Opened = identity;
        return KeepsNone ? null : this;
    }

    public async ValueTask EvictAsync(string cacheKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OnEvicting is { } evicting)
        {
            await evicting();
        }

        lock (_gate)
        {
            Evicted.Add(cacheKey);
            _blocks.Clear();
            _kept.Remove(0, long.MaxValue);
        }
    }

    public TimeSpan ExpectedTime(long bytes) => Expected;

    public async ValueTask<TierRun?> ReadAsync(long start, long end, CancellationToken cancellationToken)
    {
        if (Before is { } before)
        {
            await before(cancellationToken);
        }

        lock (_gate)
        {
            Reads++;
            long from = IsRemote ? FindKept(start, end, 1) : start;
            long to = from;
            while (to < end && _blocks.TryGetValue(to / blockBytes, out byte[]? block) && to - from < MostBytes)
            {
                to = Math.Min(end, ((to / blockBytes) * blockBytes) + block.Length);
            }

            if (to == from)
            {
                return null;
            }

            TierRun run = TierRun.Rent(from, (int)(to - from));
            for (long offset = from; offset < to; offset++)
            {
                run.Bytes.Span[(int)(offset - from)] = _blocks[offset / blockBytes][(int)(offset % blockBytes)];
            }

            return run;
        }
    }

    public long FindHeld(long start, long end, long least)
    {
        lock (_gate)
        {
            return IsRemote ? end : FindKept(start, end, least);
        }
    }

    public bool Offer(long start, ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(0, start % blockBytes);
        if (HasNoRoom)
        {
            OnTurningDown?.Invoke();
            return false;
        }

        lock (_gate)
        {
            _offers.Add((start, start + bytes.Length));
            Keep_NeedsLock(start, bytes);
            return true;
        }
    }

    /// <summary>The block at an offset.</summary>
    public byte[] Kept(long start)
    {
        lock (_gate)
        {
            return _blocks[start / blockBytes];
        }
    }

    public void Keep(long start, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Keep_NeedsLock(start, bytes);
        }
    }

    public void Dispose() => Disposals++;

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return default;
    }

    private void Keep_NeedsLock(long start, ReadOnlySpan<byte> bytes)
    {
        for (int at = 0; at < bytes.Length; at += blockBytes)
        {
            _blocks[(start + at) / blockBytes] = bytes.Slice(at, Math.Min(blockBytes, bytes.Length - at)).ToArray();
        }

        _kept.Add(start, start + bytes.Length);
    }

    private long FindKept(long start, long end, long least)
    {
        foreach ((long from, long to) in _kept)
        {
            long first = Math.Max(from, start);
            if (first < end && Math.Min(to, end) - first >= Math.Min(least, end - first) && to > first)
            {
                return first;
            }
        }

        return end;
    }
}
