using Hctef.TestServer.Honest;

namespace Hctef.Tests.Tiers;

/// <summary>Tests of one file on an honest server of their own.</summary>
/// <param name="name">The file's name, which its content depends on.</param>
/// <param name="length">Its bytes.</param>
public abstract class OneFileTests(string name, long length) : IAsyncLifetime
{
    private protected HonestServer Server { get; private set; } = null!;

    private protected ServedFile Served { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Server = await HonestServer.StartAsync();
        Served = Server.Add(name, length);
    }

    public virtual Task DisposeAsync() => Server.DisposeAsync().AsTask();
}
