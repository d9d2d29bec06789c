using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Hctef.AspNetCore.Endpoints;

/// <summary>How a failure of the origin is answered, as a gateway does (RFC 9110, section 15.6).</summary>
/// <param name="StatusCode">404, 410, 502, 503 or 504.</param>
/// <param name="RetryAfter">How long the client is asked to wait, if the origin has asked it of us.</param>
internal readonly record struct OriginFailure(int StatusCode, TimeSpan? RetryAfter = null)
{
    public static OriginFailure Of(Exception failure) => failure switch
    {
        // Closed: the application stops.
        ObjectDisposedException => new(StatusCodes.Status503ServiceUnavailable),
        HctefNetworkException { Error: HctefNetworkError.Timeout } => new(StatusCodes.Status504GatewayTimeout),
        HctefNetworkException { StatusCode: HttpStatusCode.NotFound } => new(StatusCodes.Status404NotFound),
        HctefNetworkException { StatusCode: HttpStatusCode.Gone } => new(StatusCodes.Status410Gone),
        HctefNetworkException { StatusCode: HttpStatusCode.GatewayTimeout } => new(StatusCodes.Status504GatewayTimeout),
        HctefNetworkException { StatusCode: HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests } busy =>
            new(StatusCodes.Status503ServiceUnavailable, busy.RetryAfter),
        _ => new(StatusCodes.Status502BadGateway),
    };

    /// <summary>Makes it the reply, which nobody keeps: the next may be served.</summary>
    public void Apply(HttpResponse response)
    {
        response.StatusCode = StatusCode;
        response.ContentLength = 0;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }
}
