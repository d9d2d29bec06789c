using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A whole file of 256 MiB through a stream, beside one plain GET.</summary>
internal sealed class SequentialScenario(string name, string title, IReadOnlyList<string> networks) : WholeFileScenario
{
    private const double LinkShare = 0.9;

    public override string Name => name;

    public override string Title => title;

    public override IReadOnlyList<string> Networks => networks;

    public int? Concurrency { get; init; }

    /// <summary>Whether the pool's memory was used before, by another file.</summary>
    public bool PoolTouched { get; init; }

    /// <summary>The least share of the plain GET's throughput on an unshaped network.</summary>
    public double? LeastOfPlainGet { get; init; }

    /// <summary>The most times the oracle, by network.</summary>
    public IReadOnlyDictionary<string, double> MostOfOracle { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    protected override void Configure(HctefOptions options) =>
        options.Transport.MaxConcurrencyPerHost = Concurrency ?? options.Transport.MaxConcurrencyPerHost;

    protected override async Task PrepareAsync(HctefClient client)
    {
        if (!PoolTouched)
            return;
        using IRemoteFile other = await client.OpenAsync(ServerFiles.Other);
        await using RemoteFileStream stream = other.OpenStream();
        await stream.CopyToAsync(Stream.Null);
    }

    protected override double? GetOracle(NetworkProfile network) =>
        network.Connect + network.Latency + network.Transfer(ServerFiles.DataBytes, 8);

    protected override IEnumerable<Goal> Judge(NetworkProfile network, ScenarioResult result)
    {
        if (!network.IsShaped && LeastOfPlainGet is { } least && result.HttpClient is { } raw)
            yield return Goal.AtLeastOf("throughput / one plain GET", raw.Seconds / result.Hctef!.Seconds, least);
        if (MostOfOracle.TryGetValue(network.Name, out double most))
            yield return Goal.AtMost("time / oracle", result.Hctef!.Seconds / result.Oracle!.Value, most);
        if (network.Shape is { BytesPerSecondShared: > 0 } shared)
        {
            double seconds = result.Hctef!.Seconds - network.Connect - network.Latency;
            yield return Goal.AtLeastOf("share of the link", ServerFiles.DataBytes / seconds / shared.BytesPerSecondShared, LinkShare);
            yield return Goal.AtMost("connections", result.Hctef.Connections, 16);
        }
    }
}
