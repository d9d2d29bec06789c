using System.Net.Http.Headers;

namespace Recipes;

/// <summary>
/// Sends a bearer token (RFC 6750) with every request, and gets another one five minutes before it ends, once for all requests. Redirects to
/// other hosts are followed without it, since Hctef follows them behind this handler.
/// </summary>
/// <param name="getToken">Gets a token: from a credential, a metadata server, or wherever tokens come from.</param>
/// <param name="time">The clock.</param>
public sealed class BearerTokenHandler(Func<CancellationToken, ValueTask<AccessToken>> getToken, TimeProvider time) : DelegatingHandler
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    // One gets a token while the others wait for it; the token itself is read without the lock.
    private readonly SemaphoreSlim _getting = new(1);
    private volatile AccessToken? _token;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        AccessToken token = Valid() ?? await RenewAsync(cancellationToken).ConfigureAwait(false);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _getting.Dispose();
        base.Dispose(disposing);
    }

    private AccessToken? Valid() => _token is { } token && token.ExpiresOn - Margin > time.GetUtcNow() ? token : null;

    private async Task<AccessToken> RenewAsync(CancellationToken cancellationToken)
    {
        await _getting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Valid() ?? (_token = await getToken(cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            _getting.Release();
        }
    }
}
