using Hctef.Caching;

namespace Hctef.Tests.Caching;

/// <summary>Notes what memory has evicted of a version, and checks its bytes.</summary>
internal sealed class SeenVictims : IVictims
{
    private readonly Lock _gate = new();
    private readonly List<(long Start, int Bytes)> _seen = [];
    private readonly BlockMap _map;

    public SeenVictims(BlockMap map)
    {
        _map = map;
        map.Victims = this;
    }

    public bool AreWanted { get; set; } = true;

    /// <summary>Called when blocks have been evicted.</summary>
    public Action? OnTake { get; set; }

    /// <summary>Offset and bytes of each call.</summary>
    public (long Start, int Bytes)[] Seen
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    public void Take(long start, ReadOnlyMemory<byte> bytes)
    {
        OnTake?.Invoke();
        BlockContent.Verify(bytes.Span, _map, start);
        lock (_gate)
        {
            _seen.Add((start, bytes.Length));
        }
    }
}
