using System.Diagnostics;
using System.Security.Cryptography;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>
/// Writing a pack of 4 MiB into a folder that has 100,000 packs already, beside an empty one. The looks at the folder are reported apart, the
/// first one and those that come later, once for each sixteenth of the cap.
/// </summary>
internal sealed class ManyPacksScenario : Scenario, IDisposable
{
    private const int Packs = 100_000;
    private const int Writes = 48;
    private const int Looks = 5;
    private const int BlockBytes = 16 * 1024;
    private const int PackBytes = 4 * 1024 * 1024;
    private const double MostOfEmpty = 1.2;

    private static readonly VersionIdentity Identity = new("https://benchmark.test/data", "", "\"1\"", 1L << 40);

    private readonly DiskFolder _folder = new();

    public override string Name => "many-packs";

    public override string Title => "A pack of 4 MiB written beside 100,000 others";

    public override IReadOnlyList<string> Networks => ["L0"];

    public void Dispose() => _folder.Dispose();

    public override async Task<ScenarioResult> RunAsync(RunContext context, NetworkProfile network)
    {
        var full = new Writer(_folder.Next());
        var empty = new Writer(_folder.Next());
        await full.WriteAsync();
        Fill(full.Path);
        await full.OpenAsync();
        await empty.OpenAsync();
        var fullSeconds = new List<double>();
        var emptySeconds = new List<double>();
        var extras = new Extras();
        extras.Add("ms of the first write, with the first look at the folder", await full.WriteAsync() * 1000);
        await empty.WriteAsync();
        for (int i = 0; i < Writes; i++)
        {
            emptySeconds.Add(await empty.WriteAsync());
            fullSeconds.Add(await full.WriteAsync());
        }

        await full.DisposeAsync();
        await empty.DisposeAsync();
        double look = MeasureLook(full.Path);
        extras.Add("ms of a later look", look * 1000);
        double share = look * PackBytes * DiskSpace.Parts / new DiskCacheOptions().MaxBytes;
        extras.Add("ms of it for each write, with the default cap", share * 1000);
        return new ScenarioResult(Name, Title, network.Name)
        {
            Hctef = new ClientResult(Median.Of(fullSeconds), 0, 0, 0, 0, 0, 0, extras, Writes),
            YardstickTitle = "in an empty folder",
            Yardstick = new ClientResult(Median.Of(emptySeconds), 0, 0, 0, 0, 0, 0, new Extras(), Writes),
            Goals = [Goal.AtMost("time / time in an empty folder", Median.Of(fullSeconds) / Median.Of(emptySeconds), MostOfEmpty)],
        };
    }

    /// <summary>Seconds of a look at a folder that was seen before.</summary>
    private static double MeasureLook(string path)
    {
        var files = new DiskFiles();
        var clock = new DiskClock(TimeProvider.System);
        using var reader = new PackReader(files, clock, new TierCounters(), NullLogger.Instance, maxAge: null);
        var folder = Caching.Disk.DiskFolder.Open(files, path);
        var sweep = new PackSweep(files, new DiskCacheOptions { Path = path }, clock, reader, static () => []);
        sweep.Run(folder, long.MaxValue);
        var seconds = new List<double>();
        for (int i = 0; i < Looks; i++)
        {
            long start = Stopwatch.GetTimestamp();
            sweep.Run(folder, long.MaxValue);
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Median.Of(seconds);
    }

    /// <summary>Files with the names of packs, in the buckets that those belong to.</summary>
    private static void Fill(string path)
    {
        var files = new DiskFiles();
        string own = Path.Combine(path, "hctef-1");
        for (int i = 0; i < Packs; i++)
        {
            string key = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)).AsSpan(0, 16));
            var name = PackName.New(key, key, DateTimeOffset.UtcNow);
            string bucket = Path.Combine(own, key[..2]);
            files.CreateFolder(bucket);
            File.WriteAllBytes(Path.Combine(bucket, name.Pack), [0]);
        }
    }

    private sealed class Writer(string path) : IAsyncDisposable
    {
        private static readonly byte[] Content = new byte[256 * 1024];

        private DiskTier _tier = NewTier(path);
        private long _offset;

        public string Path => path;

        /// <summary>As a process that begins.</summary>
        public async Task OpenAsync()
        {
            await _tier.DisposeAsync();
            _tier = NewTier(path);
        }

        /// <summary>Seconds of one pack.</summary>
        public async Task<double> WriteAsync()
        {
            ITierVersion version = _tier.Open(Identity)!;
            for (long end = _offset + PackBytes; _offset < end; _offset += Content.Length)
                version.Offer(_offset, Content);
            long start = Stopwatch.GetTimestamp();
            await _tier.FlushAsync();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public ValueTask DisposeAsync() => _tier.DisposeAsync();

        private static DiskTier NewTier(string path) =>
            new(new DiskCacheOptions { Path = path, MinFreeBytes = 0 }, BlockBytes, TimeProvider.System, NullLogger.Instance);
    }
}
