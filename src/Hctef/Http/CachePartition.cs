namespace Hctef.Http;

/// <summary>
/// Who shares the cached bytes of a file: the tenant that the caller names, or else those who send the same headers. The two kinds never
/// meet.
/// </summary>
internal static class CachePartition
{
    /// <summary>
    /// The partition that a reply would be in that says nothing of who may keep it, to a request that no handler has added anything to.
    /// </summary>
    public static string OfAsking(string? tenant, RangeTarget target)
    {
        if (tenant is not null)
        {
            return OfTenant(tenant, target, varied: "", credentials: "");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, target.Uri);
        foreach ((string name, string value) in target.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return OfCredentials(CredentialFingerprint.Of(request, target.Uri));
    }

    /// <summary>Names the partition of an opening; a secret no more than the tenant's name is.</summary>
    /// <param name="tenant">What the caller names, if anything.</param>
    /// <param name="target">What the file is asked with.</param>
    /// <param name="reply">The reply that opened it.</param>
    public static string Of(string? tenant, RangeTarget target, RangeReply reply)
    {
        if (tenant is null)
        {
            // All headers that were sent are in it, those of a Vary as well.
            return OfCredentials(reply.CredentialFingerprint);
        }

        bool isPrivate = reply.Representation?.CacheRules.IsPrivate == true;
        return OfTenant(tenant, target, reply.VaryFingerprint, isPrivate ? reply.CredentialFingerprint : "");
    }

    private static string OfCredentials(string fingerprint) => "credentials " + fingerprint;

    private static string OfTenant(string tenant, RangeTarget target, string varied, string credentials)
    {
        // A tenant's credentials may change; what else its callers ask with, and what the server says it looks at, tells replies apart.
        string asked = CredentialFingerprint.Of(
            target.Headers.Where(static header => !RequestHeaderNames.Credentials.Contains(header.Key)));

        // The name comes last: it may hold anything.
        return $"tenant {asked}/{varied}/{credentials} {tenant}";
    }
}
