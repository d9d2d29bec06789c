using Hctef.Caching;
using Hctef.Http;
using Hctef.Options;

namespace Hctef.Files;

/// <summary>Which range the opening request asks for.</summary>
internal static class OpeningRange
{
    public static RequestedRange Choose(ResolvedFileOptions options, BlockCache cache, bool refusesSuffix, bool cached)
    {
        if (cached || options.PrefetchBytes == 0 || cache.Capacity == 0)
        {
            return RequestedRange.Closed(0, 1);
        }

        if (options.PrefetchDirection == PrefetchDirection.Start)
        {
            long mostBlocks = Math.Max(1, cache.Capacity / 2);
            return RequestedRange.Closed(0, cache.OffsetOf(Math.Min(BlocksOf(options.PrefetchBytes, cache), mostBlocks)));
        }

        // The suffix starts inside a block while the length is unknown: one block less a byte more makes the tail's first block whole.
        return refusesSuffix
            ? RequestedRange.Closed(0, cache.BlockBytes)
            : RequestedRange.Suffix(Math.Min(options.PrefetchBytes, HctefDefaults.OpenSuffixBytes) + cache.BlockBytes - 1);
    }

    // Not BlocksFor: an option may be so large that rounding it up would overflow.
    private static long BlocksOf(long bytes, BlockCache cache) => (bytes / cache.BlockBytes) + (bytes % cache.BlockBytes > 0 ? 1 : 0);
}
