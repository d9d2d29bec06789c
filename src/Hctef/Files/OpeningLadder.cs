using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Http;

namespace Hctef.Files;

/// <summary>
/// What the opening request asks, and what is asked when a server refuses or misreads it: a suffix range (RFC 9110, section 14.1.2)
/// brings length, validators and the end of the file at once; a server that does not serve suffixes is asked for a closed range, and
/// one that serves no ranges at all, where the file may be downloaded, for all of it.
/// </summary>
/// <param name="network">The way to the network.</param>
/// <param name="host">The host of the file's URL.</param>
/// <param name="target">The file.</param>
/// <param name="request">How it is asked.</param>
/// <param name="blockBytes">The size of a block.</param>
/// <param name="mostWhole">The most bytes of a file that is taken as a whole; null where none is.</param>
internal sealed class OpeningLadder(
    RangeNetwork network, HostState host, RangeTarget target, OpeningRequest request, int blockBytes, long? mostWhole)
{
    /// <summary>Asks for a range, and once more by a closed one if it is a suffix that the server does not serve.</summary>
    /// <returns>
    /// A reply that was accepted, or that tells that the file is empty, or that brings all of a file that is taken as a whole; the
    /// caller disposes it, then the permit.
    /// </returns>
    public async Task<(RangeReply Reply, HostPermit Permit)> ClimbAsync(RequestedRange range, CancellationToken cancellationToken)
    {
        (RangeReply reply, HostPermit permit) = range.IsSuffix
            ? await request.SendAsync(range, default, cancellationToken).ConfigureAwait(false)
            : await SendClosedAsync(range, cancellationToken).ConfigureAwait(false);
        if (range.IsSuffix && IsRefusal(reply.Verdict) && !IsTaken(reply))
        {
            string reason = reply.Reason;
            range = ClosedRangeAfter(range, reply);
            reply.Dispose();
            permit.Dispose();
            (reply, permit) = await SendClosedAsync(range, cancellationToken).ConfigureAwait(false);
            if (reply.Verdict is RangeVerdict.Accepted or RangeVerdict.EmptyFile)
            {
                host.RefusesSuffix = true;
                Log.SuffixRefused(network.Logger, host.Origin, reason);
            }
        }

        if (mostWhole is not null && reply.Verdict is RangeVerdict.RangeRefused or RangeVerdict.LengthUnknown)
        {
            reply.Dispose();
            permit.Dispose();
            (reply, permit) = await request.SendAsync(RequestedRange.Whole, default, cancellationToken).ConfigureAwait(false);
        }

        if (IsTaken(reply))
        {
            return (reply, permit);
        }

        using (permit)
        using (reply)
        {
            throw ToException(reply);
        }
    }

    /// <summary>Asks for a closed range, and once more past the caches where one of them replays what it has stored of another.</summary>
    private async Task<(RangeReply Reply, HostPermit Permit)> SendClosedAsync(RequestedRange range, CancellationToken cancellationToken)
    {
        (RangeReply reply, HostPermit permit) = await request.SendAsync(range, default, cancellationToken).ConfigureAwait(false);
        if (reply.Verdict != RangeVerdict.Misplaced)
        {
            return (reply, permit);
        }

        Log.SecondChance(network.Logger, target.RedactedUrl, reply.Reason);
        reply.Dispose();
        permit.Dispose();
        return await request.SendAsync(range, new RequestForm(BypassesCaches: true), cancellationToken).ConfigureAwait(false);
    }

    private bool IsTaken(RangeReply reply) =>
        reply.IsWhole ? reply.Representation?.Length <= mostWhole : reply.Verdict is RangeVerdict.Accepted or RangeVerdict.EmptyFile;

    private HctefException ToException(RangeReply reply)
    {
        if (mostWhole is not { } most || !reply.IsWhole)
        {
            return reply.ToException(target, pinned: null);
        }

        return reply.Representation is { } whole
            ? new RangeNotSupportedException(
                RangeNotSupportedReason.RangeIgnored,
                $"{target.RedactedUrl} could only be downloaded whole, and its {whole.Length} bytes are more than the {most} that "
                + "RemoteFileOptions.MaxDownloadBytes and half of HctefOptions.Cache.MemoryBytes allow.")
            : new RangeNotSupportedException(
                RangeNotSupportedReason.LengthUnknown,
                $"{target.RedactedUrl} could only be downloaded whole, and its reply does not tell its length.");
    }

    private static bool IsRefusal(RangeVerdict verdict) => verdict is
        RangeVerdict.RangeIgnored or RangeVerdict.RangeRefused or RangeVerdict.Misplaced
        or RangeVerdict.LengthUnknown or RangeVerdict.ContentEncoded;

    /// <summary>The same end of the file where the misread reply told its length; else the first block, which tells it.</summary>
    private RequestedRange ClosedRangeAfter(RequestedRange suffix, RangeReply reply)
    {
        if (reply is { Verdict: RangeVerdict.Misplaced, Representation: { } told } && told.Length > 0)
        {
            long start = Math.Max(0, told.Length - suffix.SuffixLength);
            return RequestedRange.Closed(start - (start % blockBytes), told.Length);
        }

        return RequestedRange.Closed(0, blockBytes);
    }
}
