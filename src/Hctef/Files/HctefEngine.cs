using Hctef.Options;
using Microsoft.Extensions.Logging;

namespace Hctef.Files;

/// <summary>What the files of one registration share: the cache, the hosts and the way to the network. A singleton.</summary>
internal sealed class HctefEngine(string clientName, HctefOptions options, IHttpClientFactory clients, TimeProvider time, ILoggerFactory loggers)
    : IAsyncDisposable, IDisposable
{
    /// <summary>Opens a file; the caller disposes it.</summary>
    public Task<IHctefFile> OpenAsync(Uri uri, ResolvedFileOptions fileOptions, CancellationToken cancellationToken)
    {
        _ = (clientName, options, clients, time, loggers, uri, fileOptions, cancellationToken);
        throw new InvalidOperationException("under construction");
    }

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => default;
}
