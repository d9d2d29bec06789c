namespace Hctef.Http;

/// <summary>
/// What travels with a range request through the handlers: what <see cref="RedirectHandler"/> must know, and what it saw.
/// </summary>
internal sealed class RangeRequestContext(IReadOnlyList<string> forwardHeadersTo)
{
    public static readonly HttpRequestOptionsKey<RangeRequestContext> Key = new("Hctef.RangeRequest");

    public IReadOnlyList<string> ForwardHeadersTo { get; } = forwardHeadersTo;

    /// <summary>The file's URL, which a handler of the user may have replaced in the message.</summary>
    public required Uri Asked { get; init; }

    /// <summary>Whether caches on the way are to ask the origin, on every hop.</summary>
    public bool BypassesCaches { get; init; }

    /// <summary>Where earlier redirects of the file led; <see langword="null"/> for none to be kept.</summary>
    public RedirectMemory? Redirects { get; init; }

    /// <summary>Whether the original URL must be asked, because nothing is known of the file or it may have changed.</summary>
    public bool AsksOriginal { get; init; }

    /// <summary>The remembered target that was asked at once; <see langword="null"/> if the original URL was asked.</summary>
    public Uri? Reused { get; set; }

    /// <summary>The URL that gave the final reply; <see langword="null"/> without a <see cref="RedirectHandler"/>.</summary>
    public Uri? ServedBy { get; set; }

    /// <summary>The fingerprint behind all other handlers; <see langword="null"/> without a <see cref="RedirectHandler"/>.</summary>
    public string? CredentialFingerprint { get; set; }

    /// <summary>What a remembered target brought was of no use: the next request asks the original URL.</summary>
    public void ForgetReused()
    {
        if (Reused is { } target)
        {
            Redirects?.Forget(target);
            Reused = null;
        }
    }
}
