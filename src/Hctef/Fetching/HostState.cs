namespace Hctef.Fetching;

/// <summary>What is remembered of one host (scheme, host and port).</summary>
internal sealed class HostState(string origin, int permits)
{
    private volatile bool _refusesSuffix;
    private volatile IHostCosts? _costs;

    public string Origin { get; } = origin;

    public HostGate Gate { get; } = new(permits);

    public HostModel Model { get; } = new();

    /// <summary>What requests are planned by: the model, unless a test sets its own.</summary>
    public IHostCosts Costs
    {
        get => _costs ?? Model;
        set => _costs = value;
    }

    /// <summary>Whether the host answered a suffix range by something else than the end of the file, but serves closed ranges.</summary>
    public bool RefusesSuffix
    {
        get => _refusesSuffix;
        set => _refusesSuffix = value;
    }
}
