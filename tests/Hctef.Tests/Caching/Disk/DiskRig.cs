using System.Security.Cryptography;
using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Hctef.Tests.Faults;
using Hctef.Tests.Files;
using Hctef.Tests.Samples;
using TestContent = Hctef.TestServer.Content.TestContent;

namespace Hctef.Tests.Caching.Disk;

/// <summary>A folder of a disk tier, and tiers on it that tests open one after the other, as processes would.</summary>
internal sealed class DiskRig : IDisposable
{
    public const int Block = 4096;

    private readonly ScratchFolder _scratch = new();
    private readonly List<DiskTier> _tiers = [];

    public DiskRig()
    {
        Options = new DiskCacheOptions { Path = _scratch["cache"], MaxBytes = 16 << 20, MinFreeBytes = 0 };
    }

    public DiskCacheOptions Options { get; }

    public TimeProvider Time { get; set; } = new ManualTimeProvider();

    public ManualTimeProvider Clock => (ManualTimeProvider)Time;

    public HookedDiskFiles Files { get; set; } = new();

    public KeyedHash Hash { get; set; } = HMACSHA256.HashData;

    public RecordedLogs Logs { get; } = new();

    public string Scratch => _scratch.Path;

    public string Own => Path.Join(Options.Path, "hctef-1");

    public IEnumerable<string> All => Directory.Exists(Options.Path)
        ? Directory.EnumerateFiles(Options.Path, "*", SearchOption.AllDirectories)
        : [];

    public string[] Packs => [.. All.Where(static path => path.EndsWith(".pack", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public string[] Temporaries => [.. All.Where(static path => path.EndsWith(".tmp", StringComparison.Ordinal))];

    public static VersionIdentity Identity(string name, long length = 64 * Block, string validator = "\"one\"") =>
        new($"https://example.com/{name}?signature=secret", "partition", validator, length);

    /// <summary>The bytes of a version, which its identity says.</summary>
    public static TestContent ContentOf(VersionIdentity identity) => new(identity.CacheKey + identity.Partition + identity.Validator);

    public static byte[] Bytes(VersionIdentity identity, long start, long end)
    {
        byte[] bytes = new byte[end - start];
        ContentOf(identity).Fill(bytes, start);
        return bytes;
    }

    public static bool Offer(ITierVersion version, VersionIdentity identity, long start, long end) =>
        version.Offer(start, Bytes(identity, start, end));

    /// <summary>Reads with what a caller may rely on: the right bytes, from where was asked. Returns how many.</summary>
    public static async Task<int> ReadAsync(ITierVersion version, VersionIdentity identity, long start, long end)
    {
        using TierRun? run = await version.ReadAsync(start, end, CancellationToken.None).AsTask().WaitAsync(FileRig.HangGuard);
        if (run is null)
            return 0;

        Assert.Equal(start, run.Start);
        Assert.InRange(run.End, start + 1, end);
        Assert.True(ContentOf(identity).Matches(run.Bytes.Span, start), "The disk gave bytes of something else.");
        return run.Bytes.Length;
    }

    public DiskTier NewTier()
    {
        var tier = new DiskTier(Options, Block, Time, Logs, Files, Hash);
        _tiers.Add(tier);
        return tier;
    }

    /// <summary>Has a tier of its own write a version's bytes, and closes it.</summary>
    public async Task WriteAsync(VersionIdentity identity, long start, long end)
    {
        await using DiskTier tier = NewTier();
        Offer(tier.Open(identity)!, identity, start, end);
    }

    /// <summary>What a tier that has just started reads of a version.</summary>
    public async Task<int> ReadAnewAsync(VersionIdentity identity, long start, long end)
    {
        await using DiskTier tier = NewTier();
        return await ReadAsync(tier.Open(identity)!, identity, start, end);
    }

    public void Dispose()
    {
        _tiers.ForEach(static tier => tier.Dispose());
        Logs.Dispose();
        _scratch.Dispose();
    }
}
