using System.Net;

namespace Hctef.Http;

/// <summary>
/// One reply: its headers are in and judged, its body is not read yet. Owned by one reader, who awaits a pending read before
/// disposing it.
/// </summary>
internal sealed class RangeReply(HttpResponseMessage response, RangeJudgement judgement, RequestedRange asked, RangeBody? body)
    : IDisposable
{
    public RangeVerdict Verdict => judgement.Verdict;

    /// <summary>Why the verdict is not <see cref="RangeVerdict.Accepted"/>, for people and free of secrets.</summary>
    public string Reason => judgement.Reason;

    /// <summary>The first byte of the accepted range.</summary>
    public long Start => judgement.Start;

    /// <summary>Behind the last byte of the accepted range, which may be a shorter prefix of what was asked.</summary>
    public long End => judgement.End;

    /// <summary>The version that the reply carries; <see langword="null"/> when it tells no length.</summary>
    public Representation? Representation => judgement.Representation;

    public HttpStatusCode Status => response.StatusCode;

    /// <summary>How long the server asks to wait; of error statuses only.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The URL that answered, after redirects. A secret.</summary>
    public required Uri ServedBy { get; init; }

    /// <summary>From sending the request to these headers, connecting and redirects included.</summary>
    public TimeSpan FirstByteAfter { get; init; }

    /// <summary>Tells apart the credentials that requests were sent with; empty for none.</summary>
    public required string CredentialFingerprint { get; init; }

    /// <summary>Called when a pending receive was cancelled, by its token or by its silence; it may not have ended yet.</summary>
    public Action? OnGivenUp
    {
        set
        {
            if (body is not null)
            {
                body.OnGivenUp = value;
            }
        }
    }

    /// <summary>Receives the next bytes of the accepted range into a buffer that is not empty.</summary>
    /// <returns>The number of bytes; 0 only after all of the range was delivered and the body ended there.</returns>
    /// <exception cref="HctefNetworkException">The body broke, ended early, did not end, or was silent for too long.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the receive has ended, and so has the body.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => body is not null
        ? body.ReadAsync(buffer, cancellationToken)
        : throw new InvalidOperationException($"A reply of the verdict {Verdict} has no bytes to read.");

    /// <summary>Makes the exception of a verdict that is neither <see cref="RangeVerdict.Accepted"/> nor an empty file.</summary>
    public HctefException ToException(RangeTarget target, Representation? pinned) =>
        RangeRejection.ToException(this, new RequestLabel(target, asked), judgement.Error, pinned);

    /// <summary>Drops what was not read of the body; its connection may close.</summary>
    public void Dispose()
    {
        body?.Dispose();
        response.Dispose();
    }
}
