using System.Globalization;
using System.Security.Cryptography;
using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hctef.Tests.Caching.Disk;

/// <summary>A process that reads, writes and evicts in a folder in which another does the same.</summary>
internal static class SharingProcess
{
    public const string Mode = "sharing-disk-process";

    private const int Files = 6;
    private const int FileBlocks = 256;

    /// <summary>The arguments of a process: the folder, its cap, how many rounds, how many blocks a round reads.</summary>
    public static string[] Arguments(string folder, long mostBytes, int rounds, int blocks) =>
        [Mode, folder, Text(mostBytes), Text(rounds), Text(blocks)];

    /// <summary>Takes the arguments behind the mode, and returns 0 when every byte was right and nothing failed.</summary>
    public static int Run(string[] arguments) => RunAsync(arguments).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] arguments)
    {
        int rounds = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        int blocks = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        var options = new DiskCacheOptions
        {
            Path = arguments[0],
            MaxBytes = long.Parse(arguments[1], CultureInfo.InvariantCulture),
            MinFreeBytes = 0,
        };

        // Time that goes on by rounds lets each one find what the other has written; files are as old as they are.
        var time = new ManualTimeProvider();
        await using var tier = new DiskTier(
            options, DiskRig.Block, new SetClock(time, TimeProvider.System), NullLogger.Instance, new DiskFiles(), HMACSHA256.HashData);
        VersionIdentity[] identities =
            [.. Enumerable.Range(0, Files).Select(static i => DiskRig.Identity(Text(i), FileBlocks * DiskRig.Block))];
        ITierVersion[] versions = [.. identities.Select(identity => tier.Open(identity)!)];

        // Both processes take the same numbers: the same blocks at the same time.
        var random = new Random(7);
        for (int round = 0; round < rounds; round++)
        {
            int file = random.Next(Files);
            long start = random.Next(FileBlocks - blocks + 1) * (long)DiskRig.Block;
            long end = start + (blocks * (long)DiskRig.Block);
            if (await DiskRig.ReadAsync(versions[file], identities[file], start, end) == 0)
                DiskRig.Offer(versions[file], identities[file], start, end);
            if (random.Next(4) == 0)
                await tier.FlushAsync();
            if (random.Next(40) == 0)
                await tier.EvictAsync(identities[file].CacheKey, CancellationToken.None);
            time.Advance(TimeSpan.FromSeconds(3));
        }

        await tier.FlushAsync();
        return tier.Counters is { Failed: 0, Rejected: 0 } ? 0 : 2;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
