using Hctef.Tests.Caching.Disk;
using Hctef.Tests.Fetching;
using Hctef.Tests.Tiers;

namespace Hctef.Tests;

/// <summary>What runs when a test starts this assembly as a process of its own; a test host does not come here.</summary>
internal static class Program
{
    /// <summary>The first argument says what is to run.</summary>
    private static int Main(string[] arguments) => arguments[0] switch
    {
        ClampedReaders.Mode => ClampedReaders.Run(arguments[1..]),
        KilledWriter.Mode => KilledWriter.Run(arguments[1..]),
        SharingProcess.Mode => SharingProcess.Run(arguments[1..]),
        TierReader.Mode => TierReader.Run(arguments[1..]),
        _ => 64,
    };
}
