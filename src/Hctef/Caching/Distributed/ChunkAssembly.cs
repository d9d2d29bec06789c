using Hctef.Diagnostics;

namespace Hctef.Caching.Distributed;

/// <summary>
/// Chunks of which only some blocks have come, 32 MiB at most; the oldest give way. Its lock guards them and is held while bytes are copied
/// into them, for microseconds; whoever completes a chunk owns it.
/// </summary>
internal sealed class ChunkAssembly(TierCounters counters)
{
    private const long MostBytes = 32 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ChunkId, LinkedListNode<PartialChunk>> _chunks = [];
    private readonly LinkedList<PartialChunk> _byAge = new();
    private long _bytes;

    /// <summary>Adds bytes to a chunk.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="length">Its length when it is whole.</param>
    /// <param name="offset">Where in it the bytes belong.</param>
    /// <param name="bytes">The bytes, which are copied.</param>
    /// <param name="evictions">How many evictions there have been before the bytes were offered.</param>
    /// <returns>The chunk, once it is whole, for the caller to dispose.</returns>
    public PartialChunk? Add(ChunkId id, int length, int offset, ReadOnlySpan<byte> bytes, long evictions)
    {
        lock (_gate)
        {
            PartialChunk chunk = Get_NeedsLock(id, length, evictions);
            chunk.Add(offset, bytes);
            if (!chunk.IsComplete)
            {
                return null;
            }

            Remove_NeedsLock(chunk);
            return chunk;
        }
    }

    private PartialChunk Get_NeedsLock(ChunkId id, int length, long evictions)
    {
        if (_chunks.TryGetValue(id, out LinkedListNode<PartialChunk>? node))
        {
            return node.Value;
        }

        while (_bytes + length > MostBytes)
        {
            PartialChunk oldest = _byAge.First!.Value;
            Remove_NeedsLock(oldest);
            counters.CountDropped(oldest.FilledBytes);
            oldest.Dispose();
        }

        _bytes += length;
        _chunks.Add(id, _byAge.AddLast(new PartialChunk(id, length, evictions)));
        return _byAge.Last!.Value;
    }

    private void Remove_NeedsLock(PartialChunk chunk)
    {
        _bytes -= chunk.Length;
        _chunks.Remove(chunk.Id, out LinkedListNode<PartialChunk>? node);
        _byAge.Remove(node!);
    }
}
