using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hctef.Tests.Caching.Disk;

/// <summary>A process that writes two packs, of which the second evicts the first, and kills itself at one call of the file system.</summary>
internal static class KilledWriter
{
    public const string Mode = "killed-disk-writer";

    public static readonly VersionIdentity Identity = DiskRig.Identity("killed");

    /// <summary>The arguments of a process: the folder, and the number of the call that is its last.</summary>
    public static string[] Arguments(string folder, int call) => [Mode, folder, call.ToString(CultureInfo.InvariantCulture)];

    public static DiskCacheOptions Options(string folder) => new() { Path = folder, MaxBytes = 2 * DiskRig.Block, MinFreeBytes = 0 };

    /// <summary>Takes the arguments behind the mode, and returns 0 when there were not so many calls.</summary>
    public static int Run(string[] arguments)
    {
        int left = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        var files = new HookedDiskFiles { WritesHalfFirst = true };
        files.Before = _ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            }
        };
        using var tier = new DiskTier(
            Options(arguments[0]), DiskRig.Block, TimeProvider.System, NullLogger.Instance, files, HMACSHA256.HashData);
        ITierVersion version = tier.Open(Identity)!;
        foreach (int block in new[] { 0, 2 })
        {
            DiskRig.Offer(version, Identity, block * DiskRig.Block, (block + 1) * DiskRig.Block);
            tier.FlushAsync().GetAwaiter().GetResult();
        }

        return DiskRig.ReadAsync(version, Identity, 2 * DiskRig.Block, 3 * DiskRig.Block).GetAwaiter().GetResult() == DiskRig.Block ? 0 : 1;
    }
}
