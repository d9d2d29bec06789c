using System.Net;

namespace Hctef.Http;

/// <summary>Verdicts as exceptions.</summary>
internal static class RangeRejection
{
    public static HctefException ToException(RangeReply reply, RequestLabel label, HctefNetworkError error, Representation? pinned)
    {
        string message = $"Reading {label} failed: {reply.Reason}{ServerOf(label.Target, reply.ServedBy)}.";
        return reply.Verdict switch
        {
            RangeVerdict.RangeIgnored => new RangeNotSupportedException(RangeNotSupportedReason.RangeIgnored, message + Advice(pinned)),
            RangeVerdict.RangeRefused => new RangeNotSupportedException(RangeNotSupportedReason.RangeRefused, message),
            RangeVerdict.LengthUnknown => new RangeNotSupportedException(RangeNotSupportedReason.LengthUnknown, message),
            RangeVerdict.ContentEncoded => new RangeNotSupportedException(RangeNotSupportedReason.ContentEncoded, message + Advice(pinned)),
            RangeVerdict.Changed => new RemoteFileChangedException(
                $"{label} is no longer the version that was opened: {reply.Reason}.",
                pinned?.ToInfo(),
                reply.Representation?.ToInfo()),
            RangeVerdict.Misplaced or RangeVerdict.Protocol => new HctefNetworkException(error, message, statusCode: reply.Status),
            RangeVerdict.Status => new HctefNetworkException(
                HctefNetworkError.Status,
                message,
                statusCode: reply.Status,
                retryAfter: reply.RetryAfter,
                isTransient: IsTransient(reply.Status))
            {
                IsLeftToHandler = reply.IsLeftToHandler,
            },
            _ => throw new InvalidOperationException($"The verdict {reply.Verdict} is no failure."),
        };
    }

    /// <summary>Whether the same request may succeed later.</summary>
    public static bool IsTransient(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static string Advice(Representation? pinned) => pinned is null
        ? ""
        : $" Ranges of it were served when it was opened; {nameof(RemoteFileOptions)}.{nameof(RemoteFileOptions.WhenRangesUnsupported)} "
            + "decides what to do without them when it is opened again.";

    // Of a redirect's target only the origin: its path may be signed.
    private static string ServerOf(RangeTarget target, Uri servedBy)
    {
        string origin = RedactedUrl.OriginOf(servedBy);
        return string.Equals(origin, RedactedUrl.OriginOf(target.Uri), StringComparison.Ordinal) ? "" : $" (redirected to {origin})";
    }
}
