namespace Hctef.Http;

/// <summary>Follows redirects as the innermost handler. Placeholder of the Http room's.</summary>
internal sealed class RedirectHandler(int maxRedirects) : DelegatingHandler
{
    public int MaxRedirects { get; } = maxRedirects;
}
