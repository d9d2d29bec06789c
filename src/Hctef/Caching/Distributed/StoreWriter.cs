using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Microsoft.Extensions.Caching.Distributed;

namespace Hctef.Caching.Distributed;

/// <summary>Writes records behind the readers' backs. It gives up what takes ten times as long as a read may.</summary>
internal sealed class StoreWriter
{
    private const int ReadTimeouts = 10;
    private const double MostJitter = 0.1;

    private readonly StoreCalls _calls;
    private readonly StoreBreaker _reads;
    private readonly StoreBreaker _writes;
    private readonly FileGenerations _generations;
    private readonly StoreKeys _keys;
    private readonly RecordFormat _format;
    private readonly RecentSet<ChunkId> _recent;
    private readonly TierCounters _counters;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly int? _mostValueBytes;
    private readonly WriteQueue _queue;
    private long _evictions;

    public StoreWriter(
        DistributedCacheOptions options,
        StoreCalls calls,
        StoreBreaker reads,
        StoreBreaker writes,
        FileGenerations generations,
        StoreKeys keys,
        RecordFormat format,
        RecentSet<ChunkId> recent,
        TierCounters counters,
        TimeProvider time)
    {
        (_calls, _reads, _writes, _generations, _keys, _format) = (calls, reads, writes, generations, keys, format);
        (_recent, _counters, _time) = (recent, counters, time);
        _timeout = options.ReadTimeout * ReadTimeouts;
        _mostValueBytes = options.MaxValueBytes;
        _queue = new WriteQueue(WriteAsync, Drop, time);
    }

    /// <summary>How many evictions there have been: what is to be written was offered between two of them.</summary>
    public long Evictions => Interlocked.Read(ref _evictions);

    /// <summary>Whether it is any use to offer something: the store answers, as far as is known.</summary>
    public bool IsWilling => !_reads.IsOpen && !_calls.AreTooMany;

    /// <summary>Whether the store takes a payload of so many bytes.</summary>
    public bool Takes(int payloadBytes) => _mostValueBytes is not { } most || _format.HeaderBytes + payloadBytes <= most;

    /// <summary>Whether there is room for a payload of so many bytes; if not, the version is called when there is.</summary>
    public bool HasRoom(int payloadBytes, ITierVersion version) => _queue.HasRoom(payloadBytes, version);

    /// <summary>Writes later, or drops it.</summary>
    public void Add(PendingWrite pending) => _queue.Add(pending);

    /// <summary>Makes all records of a file unreachable, and drops what is still to be written.</summary>
    /// <returns>Why the store has not heard of it; <see langword="null"/> if it has.</returns>
    /// <exception cref="OperationCanceledException">By <paramref name="cancellationToken"/> only.</exception>
    public async Task<string?> EvictAsync(string cacheKey, CancellationToken cancellationToken)
    {
        // Counted before the generation changes: a writer that gets the new one sees the count, and drops what was offered before.
        Interlocked.Increment(ref _evictions);
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Task renewing = _generations.RenewAsync(cacheKey);
        try
        {
            await renewing.WaitAsync(waiting.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception failure)
        {
            _calls.Abandon(new CancellationTokenSource(), [renewing]);
            _generations.GiveUp(cacheKey);
            cancellationToken.ThrowIfCancellationRequested();
            _counters.CountFailed();
            return deadline.IsCancellationRequested ? nameof(TimeoutException) : failure.GetType().Name;
        }
    }

    /// <summary>Takes no more writes, and waits a little for those there are.</summary>
    public Task CloseAsync(TimeSpan patience) => _queue.CloseAsync(patience);

    public void Close() => _queue.Close();

    private async Task WriteAsync(PendingWrite pending)
    {
        if (!IsWilling || !_writes.TryEnter(out long era))
        {
            Drop(pending);
            return;
        }

        using var deadline = new CancellationTokenSource(_timeout, _time);
        var abandoned = new CancellationTokenSource();
        Task<UInt128?> finding = _generations.FindOrCreateAsync(pending.CacheKey);
        Task? writing = null;
        try
        {
            UInt128? generation = await finding.WaitAsync(deadline.Token).ConfigureAwait(false);
            if (generation is null || pending.Evictions != Evictions)
            {
                _writes.GivenUp(era);
                Drop(pending);
                return;
            }

            writing = _calls.SetAsync(
                _keys.NameOf(pending.Address, generation.Value),
                _format.HeaderOf(pending.Address, generation.Value, pending.Payload.Span),
                pending.Payload,
                new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = Jittered(pending.TimeToLive) },
                abandoned.Token);
            await writing.WaitAsync(deadline.Token).ConfigureAwait(false);
            _writes.Succeeded(era);
            _counters.CountWritten(pending.Payload.Length);
            pending.Chunk?.Dispose();
        }
        catch (Exception failure)
        {
            bool isLate = deadline.IsCancellationRequested;
            if (isLate && writing is null)
            {
                _generations.GiveUp(pending.CacheKey);
            }

            // The chunk's memory is left to the garbage collector: the store may still read it.
            _counters.CountFailed();
            Forget(pending);
            _writes.Failed(era, isLate ? nameof(TimeoutException) : failure.GetType().Name);
            _calls.Abandon(abandoned, [writing ?? finding]);
        }
    }

    private static TimeSpan? Jittered(TimeSpan? timeToLive) =>
        timeToLive is { } time ? time * (1 - (Random.Shared.NextDouble() * MostJitter)) : null;

    private void Drop(PendingWrite pending)
    {
        Forget(pending);
        pending.Chunk?.Dispose();
    }

    private void Forget(PendingWrite pending)
    {
        _counters.CountDropped(pending.Payload.Length);
        if (pending.Chunk is { } chunk)
        {
            _recent.Remove(chunk.Id);
        }
    }
}
