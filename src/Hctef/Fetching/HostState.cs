namespace Hctef.Fetching;

/// <summary>What is remembered of one host (scheme, host and port).</summary>
internal sealed class HostState(string origin, int permits)
{
    private volatile bool _refusesSuffix;

    public string Origin { get; } = origin;

    public HostGate Gate { get; } = new(permits);

    public HostModel Model { get; } = new();

    /// <summary>Whether the host answered a suffix range by something else than the end of the file, but serves closed ranges.</summary>
    public bool RefusesSuffix
    {
        get => _refusesSuffix;
        set => _refusesSuffix = value;
    }
}
