namespace Hctef.Http;

/// <summary>
/// Who shares the cached bytes of a file: the tenant that the caller names, or else those who send the same headers. The two kinds never
/// meet.
/// </summary>
internal static class CachePartition
{
    /// <summary>Names the partition of an opening; a secret no more than the tenant's name is.</summary>
    /// <param name="tenant">What the caller names, if anything.</param>
    /// <param name="target">What the file is asked with.</param>
    /// <param name="reply">The reply that opened it.</param>
    public static string Of(string? tenant, RangeTarget target, RangeReply reply)
    {
        if (tenant is null)
        {
            // All headers that were sent are in it, those of a Vary as well.
            return "credentials " + reply.CredentialFingerprint;
        }

        // A tenant's credentials may change; what else its callers ask with, and what the server says it looks at, tells replies apart.
        string asked = CredentialFingerprint.Of(
            target.Headers.Where(static header => !RequestHeaderNames.Credentials.Contains(header.Key)));
        string credentials = reply.Representation?.CacheRules.IsPrivate == true ? reply.CredentialFingerprint : "";

        // The name comes last: it may hold anything.
        return $"tenant {asked}/{reply.VaryFingerprint}/{credentials} {tenant}";
    }
}
