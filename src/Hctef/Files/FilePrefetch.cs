using Hctef.Caching;
using Hctef.Fetching;
using Hctef.Http;
using Hctef.Options;

namespace Hctef.Files;

/// <summary>
/// What opening a file brings into the cache, in the file's own interest: the opening reply's body, and behind it in the background the
/// rest of <see cref="RemoteFileOptions.PrefetchBytes"/>. The interest ends when the file closes.
/// </summary>
internal sealed class FilePrefetch(RangeSource source) : IDisposable
{
    private BlockFetch? _body;
    private PrefetchOperation? _rest;

    /// <summary>Lets the opening reply's body fill the blocks that are absent.</summary>
    /// <param name="reply">The accepted reply.</param>
    /// <param name="permit">Its permit.</param>
    /// <returns>False when none of it is to be kept: reply and permit stay the caller's.</returns>
    public bool TakeBody(RangeReply reply, HostPermit permit)
    {
        lock (source.Cache.Gate)
        {
            int[] slots = Reserve_NeedsLock(reply);
            if (Array.TrueForAll(slots, static slot => slot < 0))
            {
                return false;
            }

            _body = BlockFetch.Create_NeedsLock(source, reply.Start, slots, knownFrom: long.MaxValue, FetchPriority.Demand);
        }

        _body.StartTransfer(reply, permit);
        return true;
    }

    /// <summary>
    /// Lets the opening reply bring all of the file, as far as nobody else has brought it or is bringing it: then theirs is waited for.
    /// </summary>
    /// <returns>False when nothing is missing: reply and permit stay the caller's.</returns>
    /// <exception cref="RangeNotSupportedException">There is no room for it.</exception>
    public bool TakeWhole(RangeReply reply, HostPermit permit)
    {
        List<BlockFetch> fetches = [];
        bool hasRoom;
        int[] reserved = source.Download!.Reserve(source);
        lock (source.Cache.Gate)
        {
            hasRoom = source.Download.Claim_NeedsLock(source, [new BlockRun(0, source.Blocks)], fetches, reserved);
        }

        source.Cache.Release(reserved);
        if (!hasRoom)
        {
            throw new RangeNotSupportedException(
                RangeNotSupportedReason.RangeIgnored,
                $"{source.Target.RedactedUrl} could only be downloaded whole, and other files that were take the half of "
                + "HctefOptions.Cache.MemoryBytes that may be used for it.");
        }

        if (fetches.Count == 0)
        {
            source.Download.Join(source);
            return false;
        }

        _body = fetches[0];
        _body.StartTransfer(reply, permit);
        return true;
    }

    /// <summary>Asks in the background for what the opening reply did not bring.</summary>
    public void StartRest(ResolvedFileOptions options)
    {
        if (options.PrefetchBytes == 0 || source.Cache.Capacity == 0 || source.IsDownloaded)
        {
            return;
        }

        long bytes = Math.Min(options.PrefetchBytes, source.Length);
        (long, long) range = options.PrefetchDirection == PrefetchDirection.End ? (source.Length - bytes, source.Length) : (0, bytes);
        _rest = new PrefetchOperation(source);
        _rest.Start([range], FetchPriority.Background);
    }

    public void Dispose()
    {
        _body?.LoseInterest(satisfied: false);
        _rest?.Dispose();
        source.Download?.Dispose();
    }

    /// <summary>
    /// A slot for each absent block of the reply; where they are too few for the last ones, since the end of a file is what formats need.
    /// Only now that there is a reply: openings that wait for one would take the memory from files that are read.
    /// In ascending order, so that neighbouring blocks lie in neighbouring slots and are received together.
    /// </summary>
    private int[] Reserve_NeedsLock(RangeReply reply)
    {
        BlockCache cache = source.Cache;
        long first = cache.BlockOf(reply.Start);
        int[] slots = new int[cache.BlocksFor(reply.End) - first];
        slots.AsSpan().Fill(-1);
        int[] absent = [.. Enumerable.Range(0, slots.Length).Where(i => IsAbsent(first + i))];
        Span<int> reserved = new int[Math.Min(absent.Length, Math.Max(1, cache.Capacity / 2))];
        reserved = reserved[..cache.Reserve_NeedsLock(reserved)];
        for (int i = 0; i < reserved.Length; i++)
        {
            slots[absent[absent.Length - reserved.Length + i]] = reserved[i];
        }

        return slots;

        bool IsAbsent(long block) => cache.StateOf_NeedsLock(source.Map, block, out _) == BlockState.Absent;
    }
}
