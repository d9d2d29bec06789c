using System.Security.Authentication;
using Polly;
using Polly.Timeout;

namespace Hctef.Http;

/// <summary>Failures of HttpClient and its handlers as <see cref="HctefNetworkException"/>.</summary>
/// <remarks>
/// HttpClient quotes a line that is not HTTP, and a proxy's URL, in the text of its exception. That line may be the request itself,
/// sent back with its query and headers by something that echoes, so that such an exception is not kept as the inner one.
/// </remarks>
internal static class TransportFailure
{
    /// <summary>A failure before the headers of the reply were in.</summary>
    public static HctefNetworkException OfRequest(Exception failure, RequestLabel label) => failure switch
    {
        OperationCanceledException { InnerException: TimeoutException } or TimeoutRejectedException => new HctefNetworkException(
            HctefNetworkError.Timeout,
            $"Requesting {label} failed: a time of the HttpClient passed, such as HctefOptions.Transport.ConnectTimeout.",
            failure,
            isTransient: true),
        HttpRequestException request => OfRequest(request, label),
        OperationCanceledException or IOException => Broken(failure, $"Requesting {label} failed: the request was aborted."),
        ExecutionRejectedException => new HctefNetworkException(
            HctefNetworkError.Connection, $"Requesting {label} failed: a resilience handler of the HttpClient refused it.", failure),
        _ => new HctefNetworkException(HctefNetworkError.Unknown, $"Requesting {label} failed in a handler of the HttpClient.", failure),
    };

    /// <summary>A failure while the body was received.</summary>
    public static HctefNetworkException OfBody(Exception failure, string what) => failure switch
    {
        HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse } =>
            new HctefNetworkException(HctefNetworkError.Protocol, $"{what}: its framing is invalid."),
        HttpIOException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            new HctefNetworkException(HctefNetworkError.LimitExceeded, $"{what}: it exceeds a limit of the HttpClient.", failure),
        IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException => Broken(failure, $"{what}."),
        _ => new HctefNetworkException(HctefNetworkError.Unknown, $"{what} in a handler of the HttpClient.", failure),
    };

    private static HctefNetworkException OfRequest(HttpRequestException failure, RequestLabel label) => failure switch
    {
        { InnerException: AuthenticationException } => new HctefNetworkException(
            HctefNetworkError.Connection, $"Requesting {label} failed: the server's certificate or TLS was not accepted.", failure),
        { HttpRequestError: HttpRequestError.InvalidResponse } => new HctefNetworkException(
            HctefNetworkError.Protocol, $"Requesting {label} failed: the reply is not valid HTTP."),
        { HttpRequestError: HttpRequestError.ProxyTunnelError } => new HctefNetworkException(
            HctefNetworkError.Connection, $"Requesting {label} failed: the proxy did not open a tunnel.", statusCode: failure.StatusCode),
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new HctefNetworkException(
            HctefNetworkError.LimitExceeded, $"Requesting {label} failed: the reply exceeds a limit of the HttpClient.", failure),
        { HttpRequestError: HttpRequestError.VersionNegotiationError } => new HctefNetworkException(
            HctefNetworkError.Connection, $"Requesting {label} failed: the server does not speak the HTTP version asked for.", failure),
        { HttpRequestError: HttpRequestError.NameResolutionError } =>
            Broken(failure, $"Requesting {label} failed: the host's name was not resolved."),
        _ => Broken(failure, $"Requesting {label} failed: there is no connection, or it broke."),
    };

    private static HctefNetworkException Broken(Exception failure, string message) =>
        new(HctefNetworkError.Connection, message, QuotesReply(failure) ? null : failure, isTransient: true);

    /// <summary>
    /// Whether the reply is quoted within it: one that is not valid ends a connection of HTTP/2 with all its streams, and all tell why.
    /// </summary>
    private static bool QuotesReply(Exception? failure) => failure is not null
        && (failure is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
            or HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }
            || QuotesReply(failure.InnerException));
}
