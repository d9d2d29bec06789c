using System.Net;
using Hctef.Caching.Distributed;
using Hctef.Fetching;
using Hctef.Http;

namespace Hctef.Files;

/// <summary>
/// What other machines have told of a file that is opened: with it, the origin need only say that it is still so, by a reply without a
/// body; or it is not asked at all, where <see cref="DistributedCacheOptions.TrustSharedMetadataFor"/> allows that. Any doubt is as if
/// nothing had been told.
/// </summary>
/// <param name="shared">Where it is told; null where nothing is shared.</param>
/// <param name="host">The host of the file's URL.</param>
/// <param name="cacheKey">The file.</param>
/// <param name="asker">The partition of those who ask alike (<see cref="CachePartition.OfAsking"/>); null where there is none that lasts.</param>
internal sealed class KnownVersion(SharedVersions? shared, HostState host, string cacheKey, string? asker)
{
    private SharedVersion? _told;

    public string? Asker => asker;

    /// <summary>
    /// The version, if it may be opened without a request. Only what was told by machines whose message said no more than what is known here
    /// of who asks: bytes that credentials of a handler have opened are for those who send such, too, which only a request shows.
    /// </summary>
    public Representation? Trusted => _told is { IsTrusted: true, PartitionIsAskers: true } ? ToRepresentation(_told) : null;

    /// <summary>Asks the store, unless the origin is likely to have answered sooner.</summary>
    public async ValueTask FindAsync(CancellationToken cancellationToken)
    {
        if (shared is not null && asker is not null && (shared.MaySpareRequests || shared.ExpectedTime < host.Costs.Latency))
        {
            _told = await shared.FindAsync(cacheKey, asker, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Asks the origin whether the version that was told is still the one.</summary>
    /// <param name="request">The opening request.</param>
    /// <param name="partitionOf">Whose bytes a reply brings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// The reply and its permit, for the caller to dispose: it confirms the version or brings another. Null where nothing is known, or the
    /// reply tells neither.
    /// </returns>
    public async Task<(RangeReply Reply, HostPermit Permit)?> ConfirmAsync(
        OpeningRequest request, Func<RangeReply, string?> partitionOf, CancellationToken cancellationToken)
    {
        if (_told is not { EntityTag: not null } told)
        {
            return null;
        }

        try
        {
            var form = new RequestForm(Known: ToRepresentation(told));
            (RangeReply reply, HostPermit permit) = await request.SendAsync(RequestedRange.Closed(0, 1), form, cancellationToken).ConfigureAwait(false);
            bool isConfirmed = reply.Verdict == RangeVerdict.NotModified && partitionOf(reply) is { } partition && told.IsOf(partition);
            if (isConfirmed || reply.Verdict is RangeVerdict.Accepted or RangeVerdict.EmptyFile)
            {
                return (reply, permit);
            }

            // Another's version, or a server that does not understand the condition.
            reply.Dispose();
            permit.Dispose();
        }
        catch (HctefNetworkException refused) when (refused.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.BadRequest)
        {
            // The same.
        }

        _told = null;
        return null;
    }

    /// <summary>Tells the other machines what the origin has said.</summary>
    /// <param name="representation">The version.</param>
    /// <param name="partition">Whose bytes its are.</param>
    /// <param name="immutable">Whether the caller vouches that there is no other.</param>
    public void Tell(Representation representation, string partition, bool immutable)
    {
        bool isKnown = _told is { } told && told.EntityTag == representation.EntityTag && told.Length == representation.Length;
        if (shared is null || asker is null || (isKnown && !shared.MaySpareRequests) || !(representation.HasStrongEntityTag || immutable))
        {
            return;
        }

        shared.Remember(
            cacheKey,
            asker,
            new SharedVersion
            {
                Length = representation.Length,
                EntityTag = representation.EntityTag,
                LastModifiedRaw = representation.LastModifiedRaw,
                LastModifiedIsStrong = representation.LastModifiedIsStrong,
                ContentType = representation.ContentType,
                Partition = shared.DigestOf(partition),
                PartitionIsAskers = partition == asker,
            },
            maySpareRequests: !representation.CacheRules.NoCache);
    }

    /// <summary>Notes what a failure of an open file tells of its version: one that has gone, or is refused, is not trusted again.</summary>
    public void OnFailed(Representation representation, HctefException failure)
    {
        bool isGone = failure is RemoteFileChangedException
            or HctefNetworkException
        {
            StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone,
        };
        if (isGone)
        {
            shared?.Doubt(cacheKey, representation.EntityTag, representation.Length);
        }
    }

    private static Representation ToRepresentation(SharedVersion told) => new()
    {
        Length = told.Length,
        EntityTag = told.EntityTag,
        LastModifiedRaw = told.LastModifiedRaw,
        LastModifiedIsStrong = told.LastModifiedIsStrong,
        ContentType = told.ContentType,
    };
}
