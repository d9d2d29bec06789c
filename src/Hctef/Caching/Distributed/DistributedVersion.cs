using System.Buffers.Binary;
using System.Security.Cryptography;
using Hctef.Caching.Tiers;

namespace Hctef.Caching.Distributed;

/// <summary>One version's chunks in the store.</summary>
internal sealed class DistributedVersion : ITierVersion
{
    private const int MostChunks = 8;
    private const int MostBytes = 1024 * 1024;

    private readonly ChunkStore _store;
    private readonly VersionIdentity _identity;
    private readonly byte[] _subject;
    private readonly UInt128 _id;
    private readonly int _chunksPerRead;

    public DistributedVersion(ChunkStore store, VersionIdentity identity)
    {
        _store = store;
        _identity = identity;
        byte[] chunkBytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(chunkBytes, store.ChunkBytes);
        _subject = [.. chunkBytes, .. identity.ToBytes()];
        _id = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(_subject));
        _chunksPerRead = Math.Clamp(MostBytes / store.ChunkBytes, 1, MostChunks);
    }

    public Action? Drained { get; set; }

    public int ChunkBytes => _store.ChunkBytes;

    public TimeSpan ExpectedTime(long bytes)
    {
        long chunks = Math.Max(1, (bytes + ChunkBytes - 1) / ChunkBytes);
        long reads = (chunks + _chunksPerRead - 1) / _chunksPerRead;
        return reads * _store.Times.Median((int)Math.Min(chunks, _chunksPerRead));
    }

    public async ValueTask<TierRun?> ReadAsync(long start, long end, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        end = Math.Min(end, _identity.Length);
        if (start >= end)
        {
            return null;
        }

        long first = start / ChunkBytes;
        int count = (int)Math.Min(((end - 1) / ChunkBytes) - first + 1, _chunksPerRead);
        var addresses = new RecordAddress[count];
        for (int i = 0; i < count; i++)
        {
            addresses[i] = AddressOf(first + i);
        }

        long asked = _store.Time.GetTimestamp();
        StoredRecord?[] records = await _store.Reader.ReadAsync(_identity.CacheKey, addresses, cancellationToken).ConfigureAwait(false);
        TimeSpan taken = _store.Time.GetElapsedTime(asked);
        TierRun? run = Join(start, end, first, records);
        for (int i = 0; i < count; i++)
        {
            Remember(new ChunkId(_id, first + i), isThere: i < records.Length && records[i] is not null);
        }

        Array.ForEach(records, static record => record?.Dispose());
        if (run is null)
        {
            _store.Counters.CountMiss();
            return null;
        }

        _store.Times.Add(count, taken);
        _store.Counters.CountHit(run.End - run.Start);
        return run;
    }

    // It would have to ask.
    public long FindHeld(long start, long end, long least) => end;

    public bool Offer(long start, ReadOnlySpan<byte> bytes)
    {
        long evictions = _store.Writer.Evictions;
        bool hasRoom = true;
        while (!bytes.IsEmpty)
        {
            long index = start / ChunkBytes;
            int offset = (int)(start % ChunkBytes);
            ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, ChunkBytes - offset)];
            hasRoom &= Offer(index, offset, part, evictions);
            start += part.Length;
            bytes = bytes[part.Length..];
        }

        return hasRoom;
    }

    private bool Offer(long index, int offset, ReadOnlySpan<byte> part, long evictions)
    {
        var id = new ChunkId(_id, index);
        RecordAddress address = AddressOf(index);
        if (!_store.Writer.Takes(address.PayloadBytes) || _store.Recent.Contains(id))
        {
            return true;
        }

        if (!_store.Writer.IsWilling)
        {
            _store.Counters.CountDropped(part.Length);
            return true;
        }

        if (!_store.Writer.HasRoom(address.PayloadBytes, this))
        {
            return false;
        }

        if (_store.Assembly.Add(id, address.PayloadBytes, offset, part, evictions) is { } chunk)
        {
            if (!_store.Recent.Add(id))
            {
                // Another has completed it meanwhile.
                chunk.Dispose();
                return true;
            }

            _store.Writer.Add(
                new PendingWrite(_identity.CacheKey, address, chunk.Bytes, _store.TimeToLive, chunk.Evictions) { Chunk = chunk });
        }

        return true;
    }

    private RecordAddress AddressOf(long index) =>
        new(RecordKind.Chunk, _subject, index, (int)Math.Min(ChunkBytes, _identity.Length - (index * ChunkBytes)));

    /// <summary>Copies the first chunks that lie together, without what was not asked for.</summary>
    private TierRun? Join(long start, long end, long first, StoredRecord?[] records)
    {
        int from = Array.FindIndex(records, static record => record is not null);
        if (from < 0)
        {
            return null;
        }

        int to = Array.FindIndex(records, from, static record => record is null);
        to = to < 0 ? records.Length : to;
        long runStart = Math.Max(start, (first + from) * ChunkBytes);
        long runEnd = Math.Min(end, (first + to) * ChunkBytes);
        TierRun run = TierRun.Rent(runStart, (int)(runEnd - runStart));
        for (int i = from; i < to; i++)
        {
            long chunkStart = (first + i) * ChunkBytes;
            ReadOnlySpan<byte> payload = records[i]!.Payload;
            long copyStart = Math.Max(runStart, chunkStart);
            long copyEnd = Math.Min(runEnd, chunkStart + payload.Length);
            payload[(int)(copyStart - chunkStart)..(int)(copyEnd - chunkStart)].CopyTo(run.Bytes.Span[(int)(copyStart - runStart)..]);
        }

        return run;
    }

    private void Remember(ChunkId id, bool isThere)
    {
        if (isThere)
        {
            _store.Recent.Add(id);
        }
        else
        {
            _store.Recent.Remove(id);
        }
    }
}
