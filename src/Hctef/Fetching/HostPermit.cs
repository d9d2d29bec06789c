namespace Hctef.Fetching;

/// <summary>The right to have one request under way to a host. Giving it back twice is safe.</summary>
internal sealed class HostPermit(HostGate gate) : IDisposable
{
    private int _released;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            gate.Release();
        }
    }
}
