using Hctef.Caching.Tiers;

namespace Hctef.Caching.Disk;

/// <summary>
/// What the disk has, and will have, of one version. The lock guards <c>_pending</c>, the blocks that wait to be written, and the epoch: a
/// block is claimed under it before it is copied, so that it is written once, and released when it is in the index or was dropped.
/// </summary>
internal sealed class DiskVersion(VersionIdentity identity, DiskStore store) : ITierVersion
{
    private const int MostCopied = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly RangeSet _pending = new();
    private VersionPacks? _packs;
    private Task? _listing;
    private int _epoch;

    public Action? Drained { get; set; }

    public int ChunkBytes => store.BlockBytes;

    public bool PrefersCalm => store.Health.MayWrite;

    public VersionIdentity Identity => identity;

    /// <summary>Counts how often the file was evicted: what was collected before is not written.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>Whether the folder has to be asked what it has.</summary>
    private bool IsListingDue => store.Access.IsInDoubt || Volatile.Read(ref _packs) is not { IsListingDue: false };

    public TimeSpan ExpectedTime(long bytes) => TimeSpan.Zero;

    public ValueTask<TierRun?> ReadAsync(long start, long end, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<TierRun?>(cancellationToken);
        }

        end = Math.Min(end, identity.Length);
        if (start < 0 || start >= end || !store.Health.MayRead || (!IsListingDue && !Holds(start)))
        {
            store.Counters.CountMiss();
            return default;
        }

        return ReadFromDiskAsync(start, end, cancellationToken);
    }

    public long FindHeld(long start, long end, long least)
    {
        start = Math.Max(0, start);
        long last = Math.Min(end, identity.Length);
        long found = start < last && store.Health.MayRead && Volatile.Read(ref _packs) is { } packs
            ? packs.FindHeld(start, last, least)
            : last;
        return found < last ? found : end;
    }

    public bool Offer(long start, ReadOnlySpan<byte> bytes)
    {
        int blockBytes = store.BlockBytes;
        if (start < 0 || start % blockBytes != 0 || start >= identity.Length || !store.Health.MayWrite)
        {
            store.Counters.CountDropped(bytes.Length);
            return true;
        }

        long first = start / blockBytes;
        bool hasShortBlock = start + bytes.Length == identity.Length && bytes.Length % blockBytes != 0;
        long behind = first + (bytes.Length / blockBytes) + (hasShortBlock ? 1 : 0);
        int step = Math.Max(1, MostCopied / blockBytes);
        bool hasRoom = true;
        foreach ((long from, long to) in Claim(first, behind, out int epoch))
        {
            for (long block = from; block < to; block += step)
            {
                long next = Math.Min(to, block + step);
                int offset = (int)((block - first) * blockBytes);
                int length = (int)Math.Min((next - block) * blockBytes, bytes.Length - offset);
                hasRoom = hasRoom && store.Writes.TryAdd(this, epoch, block, next, bytes.Slice(offset, length));
                if (!hasRoom)
                {
                    Release(block, next, epoch);
                }
            }
        }

        return hasRoom;
    }

    /// <summary>What is known of this version's packs in a folder.</summary>
    public VersionPacks PacksIn(DiskFolder folder)
    {
        lock (_gate)
        {
            if (_packs is null || _packs.Folder != folder)
            {
                var keys = VersionKeys.Of(identity, store.BlockBytes, folder.Secret, store.Hash);
                Volatile.Write(ref _packs, new VersionPacks(folder, keys, store.Reader, store.Clock));
            }

            return _packs!;
        }
    }

    /// <summary>What a buffer had does not wait any more.</summary>
    public void Release(WriteBuffer buffer)
    {
        foreach (PendingBlocks blocks in buffer.Blocks)
        {
            Release(blocks.First, blocks.End, buffer.Epoch);
        }
    }

    /// <summary>Blocks do not wait any more.</summary>
    public void Release(long first, long end, int epoch)
    {
        lock (_gate)
        {
            // What was claimed before the file was evicted is not claimed any more.
            if (epoch == _epoch)
            {
                _pending.Remove(first, end);
            }
        }
    }

    /// <summary>Forgets all; what waits is not written.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            Volatile.Write(ref _epoch, _epoch + 1);
            _pending.Remove(0, long.MaxValue);
        }

        ForgetPacks();
    }

    /// <summary>Forgets which packs there are; the folder is asked anew.</summary>
    public void ForgetPacks() => Volatile.Read(ref _packs)?.ForgetAll();

    public IEnumerable<string> TakeUsed() => Volatile.Read(ref _packs)?.TakeUsed() ?? [];

    private async ValueTask<TierRun?> ReadFromDiskAsync(long start, long end, CancellationToken cancellationToken)
    {
        TierRun? run = await ReadHeldAsync(start, end, cancellationToken).ConfigureAwait(false);
        if (run is null)
        {
            if (IsListingDue && store.Health.MayRead)
            {
                await ListAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            // Another reader may have had it listed meanwhile.
            run = await ReadHeldAsync(start, end, cancellationToken).ConfigureAwait(false);
        }

        if (run is null)
        {
            store.Counters.CountMiss();
        }
        else
        {
            store.Counters.CountHit(run.Bytes.Length);
        }

        return run;
    }

    private bool Holds(long offset) => Volatile.Read(ref _packs)?.Holds(offset) == true;

    private Task<TierRun?> ReadHeldAsync(long start, long end, CancellationToken cancellationToken) =>
        !store.Access.IsInDoubt && store.Health.MayRead && Volatile.Read(ref _packs) is { } packs && packs.Holds(start)
            ? store.Reads.RunAsync(() => packs.Read(start, end), cancellationToken)
            : Task.FromResult<TierRun?>(null);

    /// <summary>One listing for all who wait; none of them cancels it.</summary>
    private Task ListAsync()
    {
        lock (_gate)
        {
            if (_listing is not { IsCompleted: false })
            {
                _listing = store.Reads.RunAsync<object>(
                    () =>
                    {
                        PacksIn(store.Access.Open()).List();
                        return null;
                    },
                    CancellationToken.None);
            }

            return _listing;
        }
    }

    /// <summary>The blocks that neither the folder has nor anybody has claimed, which are claimed with this.</summary>
    private List<(long First, long End)> Claim(long first, long end, out int epoch)
    {
        lock (_gate)
        {
            epoch = _epoch;
            List<(long First, long End)> absent = _packs?.Missing(first, end) ?? [(first, end)];
            List<(long First, long End)> claimed = [.. absent.SelectMany(run => _pending.Missing(run.First, run.End))];
            claimed.ForEach(run => _pending.Add(run.First, run.End));
            return claimed;
        }
    }
}
