using System.Net;

namespace Hctef.Http;

/// <summary>
/// One reply: its headers are in and judged, its body is not read yet. Owned by one reader, who awaits a pending read before
/// disposing it.
/// </summary>
internal sealed class RangeReply : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly RangeJudgement _judgement;
    private readonly RangeBody? _body;

    public RangeReply(
        HttpResponseMessage response, RangeJudgement judgement, RangeBody? body, TimeSpan? retryAfter, Uri servedBy, string fingerprint)
    {
        _response = response;
        _judgement = judgement;
        _body = body;
        RetryAfter = retryAfter;
        ServedBy = servedBy;
        CredentialFingerprint = fingerprint;
    }

    public RangeVerdict Verdict => _judgement.Verdict;

    /// <summary>Why the verdict is not <see cref="RangeVerdict.Accepted"/>, for people and free of secrets.</summary>
    public string Reason => _judgement.Reason;

    /// <summary>The first byte of the accepted range.</summary>
    public long Start => _judgement.Start;

    /// <summary>Behind the last byte of the accepted range, which may be a shorter prefix of what was asked.</summary>
    public long End => _judgement.End;

    /// <summary>The version that the reply carries; <see langword="null"/> when it tells no length.</summary>
    public Representation? Representation => _judgement.Representation;

    public HttpStatusCode Status => _response.StatusCode;

    /// <summary>How long the server asks to wait; of error statuses only.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The URL that answered, after redirects. A secret.</summary>
    public Uri ServedBy { get; }

    /// <summary>Tells apart the credentials that requests were sent with; empty for none.</summary>
    public string CredentialFingerprint { get; }

    /// <summary>Called when a pending receive was cancelled, by its token or by its silence; it may not have ended yet.</summary>
    public Action? OnGivenUp
    {
        set
        {
            if (_body is not null)
            {
                _body.OnGivenUp = value;
            }
        }
    }

    /// <summary>Receives the next bytes of the accepted range into a buffer that is not empty.</summary>
    /// <returns>The number of bytes; 0 only after all of the range was delivered and the body ended there.</returns>
    /// <exception cref="HctefNetworkException">The body broke, ended early, did not end, or was silent for too long.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the receive has ended, and so has the body.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _body is { } body
        ? body.ReadAsync(buffer, cancellationToken)
        : throw new InvalidOperationException($"A reply of the verdict {Verdict} has no bytes to read.");

    /// <summary>Makes the exception of a verdict that is neither <see cref="RangeVerdict.Accepted"/> nor an empty file.</summary>
    public HctefException ToException(RangeTarget target, Representation? pinned) =>
        RangeRejection.ToException(_judgement, Status, RetryAfter, target, pinned, ServedBy);

    /// <summary>Drops what was not read of the body; its connection may close.</summary>
    public void Dispose()
    {
        _body?.Dispose();
        _response.Dispose();
    }
}
