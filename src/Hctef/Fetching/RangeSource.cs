using Hctef.Caching;
using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// One open file version as the fetching room sees it: whom to ask, for what, and where its blocks lie. Immutable but for who serves it.
/// </summary>
internal sealed record RangeSource
{
    private const long LeastGuessBytes = 256 * 1024;

    /// <summary>
    /// On a host far away megabytes cost no more than another request, but only if they are read: reads that lie as near by chance are many.
    /// </summary>
    private const long MostGuessBytes = 512 * 1024;

    public required RangeTarget Target { get; init; }

    public required Representation Version { get; init; }

    /// <summary>Who serves the file; one object an opened file.</summary>
    public required ServingHost Serving { get; init; }

    /// <summary>The host that serves the file at present: its permits and its model.</summary>
    public HostState Host => Serving.Current;

    public required RangeNetwork Network { get; init; }

    public required BlockCache Cache { get; init; }

    public required BlockMap Map { get; init; }

    /// <summary>What tiers below the memory keep of the version; null where none does.</summary>
    public VersionTiers? Tiers { get; init; }

    /// <summary>The tiers that what has to give way in memory may be on its way to, also where none keeps this version.</summary>
    public BlockTiers? AllTiers { get; init; }

    public required FileCounters Counters { get; init; }

    /// <summary>What may enter the blocks; null where they are this file's alone.</summary>
    public CacheAdmission? Admission { get; init; }

    /// <summary>Cancelled when the file closes: reads that nobody shares end with it.</summary>
    public required CancellationToken Closing { get; init; }

    /// <summary>Called with each failure of a transfer or a revalidation, also of those that nobody waits for.</summary>
    public Action<HctefException>? Failed { get; init; }

    /// <summary>The fewest bytes that a request for blocks asks.</summary>
    public required int MinimumRequestBytes { get; init; }

    /// <summary>The most bytes that are fetched ahead of one reader; 0 for none.</summary>
    public required long MaxReadaheadBytes { get; init; }

    /// <summary>What replies of other versions have taught; one object an opened version.</summary>
    public Replicas Replicas { get; } = new();

    /// <summary>What the file's readers have taught.</summary>
    public required RunHistory Runs { get; init; }

    /// <summary>How the file is downloaded, where the server serves no ranges of it; null where it does.</summary>
    public Download? Download { get; init; }

    /// <summary>Whether bytes are cut out of replies of the whole file, all that are absent at once.</summary>
    public bool IsDownloaded => Download is not null;

    /// <summary>The most bytes of the first request after a seek, where runs are expected to be long.</summary>
    public long LongestFirstRequest => Math.Clamp(Host.Costs.GapBytes, LeastGuessBytes, MostGuessBytes);

    /// <summary>Blocks are asked in groups of so many, where there is room, for a tier that keeps only whole groups; 1 for none.</summary>
    public int ChunkBlocks => Tiers is { IsClosed: false } tiers ? Math.Max(1, tiers.ChunkBytes / Cache.BlockBytes) : 1;

    /// <summary>The largest hole between reads that are taken for one stream.</summary>
    public long StreamGapBytes => Math.Min(Host.Costs.GapBytes, MostGuessBytes);

    public long Length => Version.Length;

    /// <summary>What is asked to have the bytes from one offset up to another.</summary>
    public RequestedRange RangeOf(long start, long end) => IsDownloaded ? RequestedRange.Whole : RequestedRange.Closed(start, end);

    /// <summary>The number of blocks of the file.</summary>
    public long Blocks => Cache.BlocksFor(Length);
}
