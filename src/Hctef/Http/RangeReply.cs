using System.Buffers;
using System.Net;

namespace Hctef.Http;

/// <summary>
/// One reply: its headers are in and judged, its body is not read yet. Owned by one reader, who awaits a pending read before
/// disposing it.
/// </summary>
internal sealed class RangeReply(HttpResponseMessage response, RangeJudgement judgement, RequestedRange asked, RangeBody? body)
    : IDisposable
{
    private const int SkipBytes = 64 * 1024;

    private long _end = judgement.End;

    /// <summary>What is left of the part that the reply was limited to; null if its body ends there.</summary>
    private long? _left;

    public RangeVerdict Verdict => judgement.Verdict;

    /// <summary>Why the verdict is not <see cref="RangeVerdict.Accepted"/>, for people and free of secrets.</summary>
    public string Reason => judgement.Reason;

    /// <summary>The first byte of the accepted range.</summary>
    public long Start => judgement.Start;

    /// <summary>Behind the last byte of the accepted range, which may be a shorter prefix of what was asked.</summary>
    public long End => _end;

    /// <summary>Behind the last byte that was asked for, which the file may not have.</summary>
    public long AskedEnd => asked.IsWhole || asked.IsSuffix ? long.MaxValue : asked.End;

    /// <summary>The version that the reply carries; <see langword="null"/> when it tells no length.</summary>
    public Representation? Representation => judgement.Representation;

    public HttpStatusCode Status => response.StatusCode;

    /// <summary>Whether the server refused for the moment.</summary>
    public bool IsTransientStatus => Verdict == RangeVerdict.Status && RangeRejection.IsTransient(Status);

    /// <summary>Whether a resilience handler of the HTTP client decides about another try.</summary>
    public bool IsLeftToHandler { get; set; }

    /// <summary>How long the server asks to wait; of error statuses only.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The URL that answered, after redirects. A secret.</summary>
    public required Uri ServedBy { get; init; }

    /// <summary>From sending the request to these headers, connecting and redirects included.</summary>
    public TimeSpan FirstByteAfter { get; init; }

    /// <summary>Tells apart the credentials that requests were sent with; empty for none.</summary>
    public required string CredentialFingerprint { get; init; }

    /// <summary>Tells apart what was sent in the headers that the reply's <c>Vary</c> names.</summary>
    public string VaryFingerprint { get; init; } = "";

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

    /// <summary>Whether the body is that of the whole file, of a server that does not serve ranges.</summary>
    public bool IsWhole => Verdict == RangeVerdict.RangeIgnored || (asked.IsWhole && Verdict == RangeVerdict.Accepted);

    /// <summary>What <see cref="NarrowToAsync"/> has received of what lies before the part, also where it failed.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>
    /// Limits a reply of the whole file to a part: receives what lies before it, which nobody needs, and never what lies behind it.
    /// </summary>
    public async ValueTask NarrowToAsync(long start, long end, CancellationToken cancellationToken)
    {
        // A receive that is given up has ended when its read returns, so the buffer is free then.
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SkipBytes);
        try
        {
            while (Start + SkippedBytes < start)
            {
                Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, start - Start - SkippedBytes));
                SkippedBytes += await ReadAsync(piece, cancellationToken).ConfigureAwait(false);
            }

            _left = end < End ? end - start : null;
            _end = Math.Min(end, End);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Receives the next bytes of the accepted range into a buffer that is not empty.</summary>
    /// <returns>The number of bytes; 0 only after all of the range was delivered and the body ended there.</returns>
    /// <exception cref="HctefNetworkException">The body broke, ended early, did not end, or was silent for too long.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the receive has ended, and so has the body.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => (body, _left) switch
    {
        (null, _) => throw new InvalidOperationException($"A reply of the verdict {Verdict} has no bytes to read."),
        (_, null) => body.ReadAsync(buffer, cancellationToken),
        (_, 0) => new ValueTask<int>(0),
        _ => ReadNarrowedAsync(buffer, cancellationToken),
    };

    /// <summary>Makes the exception of a verdict that is neither <see cref="RangeVerdict.Accepted"/> nor an empty file.</summary>
    public HctefException ToException(RangeTarget target, Representation? pinned) =>
        RangeRejection.ToException(this, new RequestLabel(target, asked), judgement.Error, pinned);

    /// <summary>Drops what was not read of the body; its connection may close. Never throws, whatever a handler's stream or content does.</summary>
    public void Dispose()
    {
        body?.Dispose();
        response.TryDispose();
    }

    private async ValueTask<int> ReadNarrowedAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Memory<byte> piece = buffer[..(int)Math.Min(buffer.Length, _left!.Value)];
        int count = await body!.ReadAsync(piece, cancellationToken).ConfigureAwait(false);
        _left -= count;
        return count;
    }
}
