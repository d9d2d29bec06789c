using System.Net;

namespace Hctef.Http;

/// <summary>
/// Follows redirects of range requests, as the innermost handler: those in front of it see one request to the original origin. Where
/// a redirect led is asked at once the next time, for as long as it holds. Other requests pass untouched.
/// </summary>
/// <param name="maxRedirects">The most redirects that one request follows.</param>
/// <param name="time">The clock.</param>
/// <param name="breaker">Told of attempts that fail, where a handler in front has a circuit breaker.</param>
internal sealed class RedirectHandler(int maxRedirects, TimeProvider time, SharedBreakerWatch? breaker = null) : DelegatingHandler
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(RangeRequestContext.Key, out _)
            ? throw new NotSupportedException("Range requests are sent by SendAsync: handlers that override it alone would be skipped.")
            : base.Send(request, cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(RangeRequestContext.Key, out RangeRequestContext? context)
            ? breaker is null ? SendAsync(request, context, cancellationToken) : SendWatchedAsync(request, context, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SendWatchedAsync(
        HttpRequestMessage request, RangeRequestContext context, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            return response = await SendAsync(request, context, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (response is null || RangeRejection.IsTransient(response.StatusCode))
            {
                breaker!.AttemptFailed(context.Asked);
            }
        }
    }

    private Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, RangeRequestContext context, CancellationToken cancellationToken)
    {
        string fingerprint = context.CredentialFingerprint = CredentialFingerprint.Of(request, context.Asked);
        return context is { Redirects: { } known, AsksOriginal: false }
            && known.Find(request.RequestUri!, fingerprint, time.GetUtcNow()) is { } target
                ? ReuseOrFollowAsync(request, target, context, cancellationToken)
                : FollowAsync(request, context, cancellationToken);
    }

    private async Task<HttpResponseMessage> ReuseOrFollowAsync(
        HttpRequestMessage request, Uri target, RangeRequestContext context, CancellationToken cancellationToken) =>
        await TryReuseAsync(request, target, context, cancellationToken).ConfigureAwait(false)
        ?? await FollowAsync(request, context, cancellationToken).ConfigureAwait(false);

    /// <summary>Asks where the last redirect led; null if the server refuses that by now.</summary>
    private async Task<HttpResponseMessage?> TryReuseAsync(
        HttpRequestMessage request, Uri target, RangeRequestContext context, CancellationToken cancellationToken)
    {
        context.Reused = target;
        HttpRequestMessage hop = RedirectHop.Create(request, request.RequestUri!, target, context.ForwardHeadersTo);
        HttpResponseMessage response = await SendHopAsync(hop, request, context, cancellationToken).ConfigureAwait(false);
        if (!IsRedirect(response.StatusCode) && !IsRefusal(response.StatusCode))
        {
            context.ServedBy = target;
            return response;
        }

        response.Dispose();
        context.ForgetReused();
        return null;
    }

    private async Task<HttpResponseMessage> FollowAsync(
        HttpRequestMessage request, RangeRequestContext context, CancellationToken cancellationToken)
    {
        Uri original = request.RequestUri!;
        HttpRequestMessage hop = request;
        TimeSpan lifetime = TimeSpan.MaxValue;
        DateTimeOffset begun = time.GetUtcNow();
        for (int followed = 0; ; followed++)
        {
            HttpResponseMessage response = await SendHopAsync(hop, request, context, cancellationToken).ConfigureAwait(false);
            if (!IsRedirect(response.StatusCode))
            {
                context.ServedBy = hop.RequestUri;
                if (followed > 0 && response.IsSuccessStatusCode)
                {
                    context.Redirects?.Remember(original, context.CredentialFingerprint!, hop.RequestUri!, begun, lifetime);
                }

                return response;
            }

            using (response)
            {
                if (followed == maxRedirects)
                {
                    throw RedirectTarget.Refused(
                        response, original, $"there are more than {maxRedirects} redirects (HctefOptions.Transport.MaxRedirects)");
                }

                Uri target = RedirectTarget.Of(response, original, hop.RequestUri!);
                TimeSpan held = RedirectLifetime.Of(response, target, begun);
                lifetime = held < lifetime ? held : lifetime;
                hop = RedirectHop.Create(request, original, target, context.ForwardHeadersTo);
            }
        }
    }

    private Task<HttpResponseMessage> SendHopAsync(
        HttpRequestMessage hop, HttpRequestMessage request, RangeRequestContext context, CancellationToken cancellationToken) =>
        ReferenceEquals(hop, request) || RedirectHop.IsTrusted(request.RequestUri!, hop.RequestUri!, context.ForwardHeadersTo)
            ? base.SendAsync(hop, cancellationToken)
            : SendForeignAsync(hop, cancellationToken);

    /// <summary>What is set in an asynchronous method ends with it.</summary>
    private async Task<HttpResponseMessage> SendForeignAsync(HttpRequestMessage hop, CancellationToken cancellationToken)
    {
        OriginCredentials.Withhold();
        return await base.SendAsync(hop, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    /// <summary>What signers answer to signatures that have ended (S3 also 400, to tokens), and servers to what has moved on.</summary>
    private static bool IsRefusal(HttpStatusCode status) => status is
        HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        or HttpStatusCode.NotFound or HttpStatusCode.Gone;
}
