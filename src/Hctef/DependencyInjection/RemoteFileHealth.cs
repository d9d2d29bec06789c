using Hctef.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hctef.DependencyInjection;

/// <summary>How one registered file is.</summary>
internal sealed record RemoteFileHealth(string Name)
{
    public required bool IsOpen { get; init; }

    /// <summary>How the probe went; null if there was none.</summary>
    public required string? Probe { get; init; }

    public required LastFailure? LastFailure { get; init; }

    public required HealthStatus Status { get; init; }

    /// <summary>Writes it as plain values, which any serializer of health reports knows.</summary>
    public void Describe(Dictionary<string, object> data)
    {
        data[$"{Name}.opened"] = IsOpen;
        if (Probe is not null)
            data[$"{Name}.probe"] = Probe;
        if (LastFailure is not null)
        {
            data[$"{Name}.lastError"] = LastFailure.Kind;
            data[$"{Name}.lastErrorTime"] = LastFailure.Time;
        }
    }
}
