using System.Net;

namespace Hctef.Http;

/// <summary>
/// Holds every request against the egress guard, each hop of a redirect too: it stands behind <see cref="RedirectHandler"/> and all
/// handlers of the user. What it lets pass is judged once more where it is dialled, by <see cref="EgressConnector"/>.
/// </summary>
internal sealed class EgressHandler(EgressPolicy policy) : DelegatingHandler
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Check(request);
        try
        {
            return base.Send(request, cancellationToken);
        }
        catch (HttpRequestException failure) when (IsRefusal(failure))
        {
            throw EgressPolicy.RefusedHost(RedactedUrl.OriginOf(request.RequestUri!));
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Check(request);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException failure) when (IsRefusal(failure))
        {
            // What .NET wraps around it tells times and names of its own.
            throw EgressPolicy.RefusedHost(RedactedUrl.OriginOf(request.RequestUri!));
        }
    }

    private static bool IsRefusal(HttpRequestException failure) => failure.InnerException is HctefUrlException;

    private void Check(HttpRequestMessage request)
    {
        policy.Check(request.RequestUri!);

        // QUIC asks no ConnectCallback. A handler of the user may have raised the version after the start.
        if (IsHttp3Possible(request.Version, request.VersionPolicy))
        {
            throw new HctefUrlException(
                $"The egress guard refused {RedactedUrl.OriginOf(request.RequestUri!)}: it does not cover HTTP/3, which the request may use.");
        }
    }

    /// <summary>Whether a request of this version may go out by HTTP/3, asked for or offered by the server.</summary>
    public static bool IsHttp3Possible(Version version, HttpVersionPolicy policy) =>
        version >= HttpVersion.Version30 || policy == HttpVersionPolicy.RequestVersionOrHigher;
}
