namespace Hctef.Http;

/// <summary>
/// What travels with a range request through the handlers: what <see cref="RedirectHandler"/> must know, and what it saw.
/// </summary>
internal sealed class RangeRequestContext(IReadOnlyList<string> forwardHeadersTo)
{
    public static readonly HttpRequestOptionsKey<RangeRequestContext> Key = new("Hctef.RangeRequest");

    public IReadOnlyList<string> ForwardHeadersTo { get; } = forwardHeadersTo;

    /// <summary>Whether caches on the way are to ask the origin, on every hop.</summary>
    public bool BypassesCaches { get; init; }

    /// <summary>The URL that gave the final reply; <see langword="null"/> without a <see cref="RedirectHandler"/>.</summary>
    public Uri? ServedBy { get; set; }

    /// <summary>The fingerprint behind all other handlers; <see langword="null"/> without a <see cref="RedirectHandler"/>.</summary>
    public string? CredentialFingerprint { get; set; }
}
