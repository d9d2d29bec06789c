namespace Azure.Core;

/// <summary>As in the package Azure.Core, which the tests do without.</summary>
internal abstract class TokenCredential
{
    public abstract ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken);
}
