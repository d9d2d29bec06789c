using Hctef.TestServer.Shaping;

namespace Hctef.Benchmarks.Networks;

/// <summary>The networks by name.</summary>
internal static class NetworkProfiles
{
    public static IReadOnlyList<NetworkProfile> All { get; } =
    [
        new("L0", "loopback, no shaping", null),
        new("T0", "loopback over TLS", null, Tls: true),
        new("L10", "10 ms to the first byte, 10 ms more per new connection, 40 MB/s per connection", PerConnection(10)),
        new("L50", "50 ms to the first byte, 50 ms more per new connection, 40 MB/s per connection", PerConnection(50)),
        new("S20", "20 ms to the first byte, 20 ms more per new connection, 50 MB/s shared by all", new NetworkShape
        {
            Latency = TimeSpan.FromMilliseconds(20),
            ConnectionCost = TimeSpan.FromMilliseconds(20),
            BytesPerSecondShared = 50_000_000,
        }),
    ];

    public static NetworkProfile Get(string name) =>
        All.FirstOrDefault(network => string.Equals(network.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no network '{name}'.", nameof(name));

    private static NetworkShape PerConnection(int milliseconds) => new()
    {
        Latency = TimeSpan.FromMilliseconds(milliseconds),
        ConnectionCost = TimeSpan.FromMilliseconds(milliseconds),
        BytesPerSecondPerConnection = 40_000_000,
    };
}
