using System.IO.Compression;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>
/// The main job: list a ZIP and read 20 of its entries through ZipArchive, one by one. Raw HttpClient: the same over a stream of one
/// range request per read, buffered by 64 KiB.
/// </summary>
internal sealed class ZipScenario : WireScenario, IDisposable
{
    private const string File = "archive.zip";
    private const int RawBuffer = 64 * 1024;
    private const double MostOfDemand = 1.35;
    private const double MostOfDistinct = 3;

    private readonly Lazy<SampleArchive> _archive = new(static () => new SampleArchive());
    private readonly HashSet<ServerProcess> _served = [];

    public override string Name => "zip";

    public override string Title => $"ZIP: list, and read {SampleArchive.Chosen} entries in random order";

    public void Dispose()
    {
        if (_archive.IsValueCreated)
            _archive.Value.Dispose();
    }

    protected override async Task SetUpAsync(ServerProcess server)
    {
        if (_served.Add(server))
            await server.SendAsync($"{ServerProcess.AddLocal} {File} {_archive.Value.Path}");
    }

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync(File);
        await using RemoteFileStream stream = file.OpenStream();
        await ReadEntriesAsync(stream);
    }

    protected override async Task RunAsync(RawClient client)
    {
        long length = await client.GetLengthAsync(File);
        await using var stream = new BufferedStream(new RawRangeStream(client, File, length), RawBuffer);
        await ReadEntriesAsync(stream);
    }

    protected override void Run(LocalFile file)
    {
        using FileStream stream = System.IO.File.OpenRead(_archive.Value.Path);
        ReadEntriesAsync(stream).GetAwaiter().GetResult();
    }

    /// <summary>Opening brings the directory; then one step for each entry.</summary>
    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + ((1 + SampleArchive.Chosen) * network.Latency) + network.Transfer(_archive.Value.DistinctBytes, 1);

    protected override double? GetOracle(NetworkProfile network) =>
        network.Connect + network.Latency + network.Transfer(_archive.Value.DistinctBytes, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (result.Demand is { } demand)
            yield return Goal.AtMost("time / demand", result.Hctef!.Seconds / demand, MostOfDemand);
        yield return Goal.AtMost("bytes / distinct", result.Hctef!.BodyBytes / _archive.Value.DistinctBytes, MostOfDistinct);
    }

    private async Task ReadEntriesAsync(Stream stream)
    {
        await using var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null);
        var buffer = new byte[64 * 1024];
        long bytes = 0;
        foreach (string name in _archive.Value.Names)
        {
            await using Stream entry = await zip.GetEntry(name)!.OpenAsync();
            while (await entry.ReadAsync(buffer) is > 0 and int read)
                bytes += read;
        }

        if (bytes != _archive.Value.UncompressedBytes)
            throw new InvalidDataException("The entries are not what they were.");
    }
}
