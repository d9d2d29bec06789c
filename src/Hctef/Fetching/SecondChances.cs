using System.Net;
using Hctef.Diagnostics;
using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// Which replies that were not accepted are asked again at once, because real servers and caches err that way for a single reply. Not
/// retries: nothing failed, so nothing is waited for, and neither the retries of the fetch nor those of its host are spent. The reply to a
/// second try is checked like any other.
/// </summary>
/// <remarks>
/// Each has its number since the last whole block: one probe and one more try after a 200, one past the caches after another range, one
/// without If-Match after a 412, two after another version. So one block costs at most 1 + <see cref="HctefRetryOptions.MaxRetries"/> + 6
/// requests (12 by default), redirects and hedges apart. One run at a time.
/// </remarks>
internal sealed class SecondChances(RangeSource source)
{
    private const int MostForAnotherTag = 2;
    private const int MostForLostTag = 1;

    private RequestForm _form;
    private long _progress;
    private bool _hasProbed;
    private int _otherVersions;

    /// <summary>The form of the next request.</summary>
    public static RequestForm FormOf(RangeSource source, SecondChances? chances)
    {
        RequestForm form = chances?._form ?? default;
        return form with { OmitsIfMatch = form.OmitsIfMatch || source.Host.RefusesIfMatch };
    }

    /// <summary>A reply was accepted: notes what that teaches.</summary>
    /// <param name="source">The file.</param>
    /// <param name="form">The form of its request.</param>
    /// <param name="strangers">The number of strangers when it was sent.</param>
    public static void Accepted(RangeSource source, RequestForm form, int strangers)
    {
        source.Replicas.AddPinned(strangers);
        if (form.OmitsIfMatch && !source.Host.RefusesIfMatch)
        {
            // The reply carried the very tag that was refused, or another replica did: either way the hint does harm here.
            source.Host.RefusesIfMatch = true;
            Log.IfMatchRefused(source.Network.Logger, source.Host.Origin);
        }
    }

    /// <summary>Returns if the request is to be sent again.</summary>
    /// <param name="reply">The reply that was not accepted.</param>
    /// <param name="form">The form of its request.</param>
    /// <param name="progress">The whole blocks that the fetch has brought.</param>
    /// <param name="cancellationToken">Gives up the probe.</param>
    /// <exception cref="HctefException">It is not: why the reply was refused.</exception>
    public async ValueTask TakeAsync(RangeReply reply, RequestForm form, long progress, CancellationToken cancellationToken)
    {
        if (progress != _progress)
        {
            (_progress, _hasProbed, _otherVersions) = (progress, false, 0);
            _form = default;
        }

        bool again = reply.Verdict switch
        {
            RangeVerdict.RangeIgnored or RangeVerdict.ContentEncoded when !source.IsDownloaded =>
                await ServesRangesAsync(reply, form, cancellationToken).ConfigureAwait(false),
            RangeVerdict.Misplaced => TryBypassCaches(),
            RangeVerdict.Changed when reply.Status == HttpStatusCode.PreconditionFailed => TryOmitIfMatch(form),
            RangeVerdict.Changed => IsWorthAnotherTry(reply),
            _ => false,
        };
        if (!again)
        {
            throw Refuse(reply);
        }

        Log.SecondChance(source.Network.Logger, source.Target.RedactedUrl, reply.Reason);
    }

    private HctefException Refuse(RangeReply reply)
    {
        HctefException failure = reply.ToException(source.Target, source.Version);
        if (failure is not RemoteFileChangedException changed)
        {
            return failure;
        }

        source.Replicas.IsGone = true;
        return source.Replicas.Disagree
            ? new RemoteFileChangedException(
                changed.Message + " The server's replicas disagree: they answer with different entity tags for the same file.",
                changed.Opened,
                changed.Current)
            : changed;
    }

    /// <summary>Whether the host still serves ranges of the version that is open, once it ignored one.</summary>
    private async ValueTask<bool> ServesRangesAsync(RangeReply reply, RequestForm form, CancellationToken cancellationToken)
    {
        if (_hasProbed)
        {
            return false;
        }

        _hasProbed = true;
        reply.Dispose();
        using RangeReply probe = await source.Network
            .SendAsync(source.Target, RequestedRange.Closed(0, 1), source.Version, form, source.Counters, cancellationToken)
            .ConfigureAwait(false);
        return probe.Verdict == RangeVerdict.Accepted ? true : throw Refuse(probe);
    }

    private bool TryBypassCaches()
    {
        bool first = !_form.BypassesCaches;
        _form = _form with { BypassesCaches = true };
        return first;
    }

    private bool TryOmitIfMatch(RequestForm form)
    {
        _form = _form with { OmitsIfMatch = true };
        return !form.OmitsIfMatch && !source.Replicas.IsGone;
    }

    /// <summary>
    /// Whether the pinned version may come from elsewhere: another replica, or a part of a CDN that drops or weakens no tags. A reply with the
    /// right tag and another length is of no server that can be trusted.
    /// </summary>
    private bool IsWorthAnotherTry(RangeReply reply)
    {
        if (!source.Version.HasStrongEntityTag
            || reply.Status is not (HttpStatusCode.PartialContent or HttpStatusCode.OK)
            || reply.Representation is not { } current
            || string.Equals(current.EntityTag, source.Version.EntityTag, StringComparison.Ordinal))
        {
            return false;
        }

        if (current.HasStrongEntityTag)
        {
            source.Replicas.AddStranger(current.EntityTag!);
        }

        return !source.Replicas.IsGone && _otherVersions++ < (current.HasStrongEntityTag ? MostForAnotherTag : MostForLostTag);
    }
}
