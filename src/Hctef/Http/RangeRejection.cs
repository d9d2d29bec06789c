using System.Net;

namespace Hctef.Http;

/// <summary>Verdicts as exceptions.</summary>
internal static class RangeRejection
{
    public static HctefException ToException(
        RangeJudgement judgement, HttpStatusCode status, TimeSpan? retryAfter, RangeTarget target, Representation? pinned, Uri servedBy)
    {
        string message = $"Reading {target.RedactedUrl} failed: {judgement.Reason}{ServerOf(target, servedBy)}.";
        return judgement.Verdict switch
        {
            RangeVerdict.RangeIgnored => new RangeNotSupportedException(RangeNotSupportedReason.RangeIgnored, message),
            RangeVerdict.RangeRefused => new RangeNotSupportedException(RangeNotSupportedReason.RangeRefused, message),
            RangeVerdict.LengthUnknown => new RangeNotSupportedException(RangeNotSupportedReason.LengthUnknown, message),
            RangeVerdict.ContentEncoded => new RangeNotSupportedException(RangeNotSupportedReason.ContentEncoded, message),
            RangeVerdict.Changed => new RemoteFileChangedException(
                $"{target.RedactedUrl} is no longer the version that was opened: {judgement.Reason}.",
                pinned?.ToInfo(),
                judgement.Representation?.ToInfo()),
            RangeVerdict.Misplaced or RangeVerdict.Protocol => new HctefNetworkException(judgement.Error, message, statusCode: status),
            RangeVerdict.Status => new HctefNetworkException(
                HctefNetworkError.Status, message, statusCode: status, retryAfter: retryAfter, isTransient: IsTransient(status)),
            _ => throw new InvalidOperationException($"The verdict {judgement.Verdict} is no failure."),
        };
    }

    private static bool IsTransient(HttpStatusCode status) => status is
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    // Of a redirect's target only the origin: its path may be signed.
    private static string ServerOf(RangeTarget target, Uri servedBy)
    {
        string origin = RedactedUrl.OriginOf(servedBy);
        return string.Equals(origin, RedactedUrl.OriginOf(target.Uri), StringComparison.Ordinal) ? "" : $" (redirected to {origin})";
    }
}
