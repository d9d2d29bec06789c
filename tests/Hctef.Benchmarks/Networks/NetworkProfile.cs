using Hctef.TestServer.Shaping;

namespace Hctef.Benchmarks.Networks;

/// <summary>A network of the scenarios: what the server imitates, and what the bounds are computed from.</summary>
internal sealed record NetworkProfile(string Name, string Description, NetworkShape? Shape, bool Tls = false)
{
    /// <summary>Seconds that a new connection costs.</summary>
    public double Connect => Shape?.ConnectionCost.TotalSeconds ?? 0;

    /// <summary>Seconds to the first byte of a reply.</summary>
    public double Latency => Shape?.Latency.TotalSeconds ?? 0;

    public bool IsShaped => Shape is not null;

    /// <summary>The least seconds that bytes take on a number of connections.</summary>
    public double Transfer(long bytes, double connections)
    {
        double rate = double.PositiveInfinity;
        if (Shape is { BytesPerSecondPerConnection: > 0 } perConnection)
            rate = perConnection.BytesPerSecondPerConnection * connections;
        if (Shape is { BytesPerSecondShared: > 0 } shared)
            rate = Math.Min(rate, shared.BytesPerSecondShared);
        return bytes / rate;
    }
}
