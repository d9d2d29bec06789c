using Hctef.Caching;
using Hctef.Caching.Tiers;

namespace Hctef.Tests.Caching.Tiers;

/// <summary>Takes what a version's pending offers offer, checks it, and may have no room.</summary>
internal sealed class OfferedBlocks : IVictims
{
    private readonly Lock _gate = new();
    private readonly RangeSet _taken = [];

    public OfferedBlocks(BlockCache cache)
    {
        Map = cache.CreateMap();
        Pending = new PendingOffers(cache, Map, Keep);
        Map.Victims = this;
    }

    public BlockMap Map { get; }

    public PendingOffers Pending { get; }

    /// <summary>Asked at each offer.</summary>
    public Func<bool> HasRoom { get; set; } = static () => true;

    public (long Start, long End)[] Taken
    {
        get
        {
            lock (_gate)
            {
                return [.. _taken];
            }
        }
    }

    public long TakenBytes
    {
        get
        {
            lock (_gate)
            {
                return _taken.Length;
            }
        }
    }

    public bool AreWanted => Pending.HasAny;

    public void Take(long start, ReadOnlyMemory<byte> bytes) => Pending.OfferEvicted(start, bytes);

    private bool Keep(long start, ReadOnlyMemory<byte> bytes)
    {
        if (!HasRoom())
        {
            return false;
        }

        BlockContent.Verify(bytes.Span, Map, start);
        lock (_gate)
        {
            _taken.Add(start, start + bytes.Length);
            return true;
        }
    }
}
