using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Hctef.Diagnostics;
using Microsoft.Extensions.Caching.Distributed;

namespace Hctef.Caching.Distributed;

/// <summary>
/// A random number for each file, kept in the store and part of the keys of all its other records: a file is evicted by another number,
/// since a store cannot be asked what it has. Who finds none writes a new one, so that a lost number never brings evicted bytes back.
/// Each process looks again after thirty seconds.
/// </summary>
/// <remarks>
/// The lock guards the table, a bounded one by last use, and its entries. Under it calls of the store are started at most, on the pool.
/// Two machines that find none at once write two numbers, and the later stays: so one's own is looked at again after a second.
/// </remarks>
internal sealed class FileGenerations(
    StoreCalls calls, StoreKeys keys, RecordFormat format, TierCounters counters, TimeProvider time, TimeSpan? timeToLive)
{
    private const int MostFiles = 4096;
    private const int PayloadBytes = 16;

    private static readonly TimeSpan FoundFreshFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CreatedFreshFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<FileGeneration>> _files = new(StringComparer.Ordinal);
    private readonly LinkedList<FileGeneration> _byUse = new();

    // Reading starts the time again, and chunks are written and read through it: so it outlives each of them.
    private readonly DistributedCacheEntryOptions _expiration =
        new() { SlidingExpiration = timeToLive is { } time && time < TimeSpan.MaxValue / 2 ? time * 2 : timeToLive };

    public static RecordAddress AddressOf(string cacheKey) =>
        new(RecordKind.Generation, Encoding.UTF8.GetBytes(cacheKey), 0, PayloadBytes);

    /// <summary>The file's generation; <see langword="null"/> if it has none, and nothing is kept of it. Fails as the store does.</summary>
    public Task<UInt128?> FindAsync(string cacheKey)
    {
        lock (_gate)
        {
            FileGeneration file = Touch_NeedsLock(cacheKey);
            if (FreshOf_NeedsLock(file) is { } known)
            {
                return Task.FromResult<UInt128?>(known);
            }

            return file.Reading is { IsCompleted: false } reading ? reading : file.Reading = Observed(ReadAsync(file));
        }
    }

    /// <summary>The file's generation, a new one if it has none. Fails as the store fails.</summary>
    public async Task<UInt128?> FindOrCreateAsync(string cacheKey)
    {
        if (await FindAsync(cacheKey).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        Task<UInt128?> creating;
        lock (_gate)
        {
            FileGeneration file = Touch_NeedsLock(cacheKey);
            if (file.Value is { } known)
            {
                return known;
            }

            creating = file.Creating is { IsCompleted: false } other ? other : file.Creating = Observed(CreateAsync(file));
        }

        return await creating.ConfigureAwait(false);
    }

    /// <summary>Gives the file a new generation, at once in this process. Fails as the store fails; then it is written later.</summary>
    public Task RenewAsync(string cacheKey)
    {
        FileGeneration file;
        UInt128 renewed = NewGeneration();
        int changes;
        lock (_gate)
        {
            file = Touch_NeedsLock(cacheKey);
            changes = ++file.Changes;
            Keep_NeedsLock(file, renewed, FoundFreshFor);
            file.IsUnsaved = true;
            file.Reading = file.Creating = null;
        }

        return SaveRenewedAsync(file, renewed, changes);
    }

    /// <summary>
    /// What the store does about this file is too late for one who waits: who comes next starts anew, and what comes late is not kept, since
    /// it may be older than what comes then. Others may be more patient: they are told it.
    /// </summary>
    public void GiveUp(string cacheKey)
    {
        lock (_gate)
        {
            if (_files.TryGetValue(cacheKey, out LinkedListNode<FileGeneration>? node))
            {
                FileGeneration file = node.Value;
                Abandon_NeedsLock(file.Reading, file);
                Abandon_NeedsLock(file.Creating, file);
                file.Reading = file.Creating = null;
                file.FreshFor = file.IsUnsaved ? TimeSpan.Zero : file.FreshFor;
            }
        }
    }

    private static UInt128 NewGeneration()
    {
        Span<byte> random = stackalloc byte[PayloadBytes];
        RandomNumberGenerator.Fill(random);
        return BinaryPrimitives.ReadUInt128LittleEndian(random);
    }

    /// <summary>Those who wait see the exception; this one sees it when they have all left.</summary>
    private static Task<UInt128?> Observed(Task<UInt128?> task)
    {
        _ = task.ContinueWith(
            static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return task;
    }

    private async Task<UInt128?> ReadAsync(FileGeneration file)
    {
        // The caller's lock is held up to the first await.
        (int changes, int givenUp) = (file.Changes, file.GivenUp);
        UInt128? unsaved = file.IsUnsaved ? file.Value : null;
        UInt128? found = unsaved;
        if (unsaved is { } evicting)
        {
            await SaveAsync(file, evicting).ConfigureAwait(false);
        }
        else
        {
            found = await LoadAsync(file).ConfigureAwait(false);
        }

        lock (_gate)
        {
            if (file.Changes != changes)
            {
                return file.Value;
            }

            if (file.GivenUp != givenUp)
            {
                // What was known before may be too old by now, or nothing: who took that for the store's word would evict the file.
                return FreshOf_NeedsLock(file) ?? found;
            }

            file.IsUnsaved = false;
            Keep_NeedsLock(file, found, FoundFreshFor);
            return found;
        }
    }

    private async Task<UInt128?> LoadAsync(FileGeneration file)
    {
        Task<StoreValue?> call = calls.GetAsync(
            keys.NameOf(file.Address, UInt128.Zero), format.HeaderBytes + PayloadBytes, CancellationToken.None);
        using StoreValue? value = await call.ConfigureAwait(false);
        if (value is null)
        {
            return null;
        }

        if (!value.IsTooLarge && format.TryOpen(file.Address, UInt128.Zero, value.Bytes, out ReadOnlyMemory<byte> payload))
        {
            return BinaryPrimitives.ReadUInt128LittleEndian(payload.Span);
        }

        counters.CountRejected();
        return null;
    }

    private async Task<UInt128?> CreateAsync(FileGeneration file)
    {
        (int changes, int givenUp) = (file.Changes, file.GivenUp);
        UInt128 created = NewGeneration();
        await SaveAsync(file, created).ConfigureAwait(false);
        lock (_gate)
        {
            if (file.Changes == changes && file.GivenUp == givenUp)
            {
                // A reading that began before the store had it must not take it away again.
                file.Changes++;
                Keep_NeedsLock(file, created, CreatedFreshFor);
            }

            return file.Value;
        }
    }

    private async Task SaveRenewedAsync(FileGeneration file, UInt128 renewed, int changes)
    {
        await SaveAsync(file, renewed).ConfigureAwait(false);
        lock (_gate)
        {
            file.IsUnsaved &= file.Changes != changes;
        }
    }

    private Task SaveAsync(FileGeneration file, UInt128 generation)
    {
        byte[] payload = new byte[PayloadBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(payload, generation);
        byte[] header = format.HeaderOf(file.Address, UInt128.Zero, payload);
        return calls.SetAsync(keys.NameOf(file.Address, UInt128.Zero), header, payload, _expiration, CancellationToken.None);
    }

    private void Abandon_NeedsLock(Task? call, FileGeneration file)
    {
        if (call is { IsCompleted: false })
        {
            file.GivenUp++;
            calls.Abandon(call);
        }
    }

    private UInt128? FreshOf_NeedsLock(FileGeneration file) =>
        file.Value is { } known && time.GetElapsedTime(file.Known) < file.FreshFor ? known : null;

    private void Keep_NeedsLock(FileGeneration file, UInt128? value, TimeSpan freshFor)
    {
        file.Value = value;
        file.Known = time.GetTimestamp();
        file.FreshFor = freshFor;
    }

    private FileGeneration Touch_NeedsLock(string cacheKey)
    {
        if (_files.TryGetValue(cacheKey, out LinkedListNode<FileGeneration>? node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node.Value;
        }

        if (_files.Count == MostFiles)
        {
            _files.Remove(_byUse.First!.Value.CacheKey);
            _byUse.RemoveFirst();
        }

        _files.Add(cacheKey, _byUse.AddLast(new FileGeneration(cacheKey)));
        return _byUse.Last!.Value;
    }
}
