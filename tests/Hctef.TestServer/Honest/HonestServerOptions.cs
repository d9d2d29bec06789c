using System.Security.Cryptography.X509Certificates;
using Hctef.TestServer.Shaping;

namespace Hctef.TestServer.Honest;

/// <summary>How an <see cref="HonestServer"/> starts.</summary>
public sealed record HonestServerOptions
{
    /// <summary>0 = any free port.</summary>
    public int Port { get; init; }

    public NetworkShape? Shape { get; init; }

    /// <summary>With its private key: the server speaks TLS. Null: it does not.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>HTTP/2 alone, with prior knowledge where there is no TLS; otherwise HTTP/1.1 alone.</summary>
    public bool Http2 { get; init; }

    /// <summary>
    /// Large buffers, large writes and few changes of threads. For benchmarks only: tests that hold back or drop replies rely on small
    /// ones.
    /// </summary>
    public bool Fast { get; init; }
}
