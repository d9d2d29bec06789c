using System.Net;

namespace Hctef.Http;

/// <summary>
/// Follows redirects of range requests, as the innermost handler: those in front of it see one request to the original origin.
/// Other requests pass untouched.
/// </summary>
internal sealed class RedirectHandler : DelegatingHandler
{
    private readonly int _maxRedirects;

    internal RedirectHandler(int maxRedirects) => _maxRedirects = maxRedirects;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(RangeRequestContext.Key, out _)
            ? throw new NotSupportedException("Range requests are sent by SendAsync: handlers that override it alone would be skipped.")
            : base.Send(request, cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(RangeRequestContext.Key, out RangeRequestContext? context)
            ? FollowAsync(request, context, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> FollowAsync(
        HttpRequestMessage request, RangeRequestContext context, CancellationToken cancellationToken)
    {
        context.CredentialFingerprint = CredentialFingerprint.Of(request);
        Uri original = request.RequestUri!;
        HttpRequestMessage hop = request;
        for (int followed = 0; ; followed++)
        {
            HttpResponseMessage response = await base.SendAsync(hop, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode))
            {
                context.ServedBy = hop.RequestUri;
                return response;
            }

            using (response)
            {
                if (followed == _maxRedirects)
                {
                    throw RedirectTarget.Refused(
                        response, original, $"there are more than {_maxRedirects} redirects (HctefOptions.Transport.MaxRedirects)");
                }

                Uri target = RedirectTarget.Of(response, original, hop.RequestUri!);
                hop = RedirectHop.Create(request, original, target, context.ForwardHeadersTo);
            }
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
}
