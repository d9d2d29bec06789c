using System.Buffers.Binary;
using System.Text;
using Hctef.Diagnostics;

namespace Hctef.Caching.Distributed;

/// <summary>
/// The versions of files that machines tell each other. Two records of each: one to ask the origin by, as long as the store keeps it, and,
/// where it is allowed, one that spares asking, for a time that is kept twice: by the store and in the record.
/// </summary>
internal sealed class SharedVersions(
    StoreReader reader,
    StoreWriter writer,
    StoreKeys keys,
    ReadTimes times,
    TierCounters counters,
    TimeProvider time,
    DistributedCacheOptions options)
{
    private readonly TimeSpan? _timeToLive = options.TimeToLive;
    private readonly TimeSpan _trustedFor = options.TrustSharedMetadataFor;
    private readonly RecentSet<(string CacheKey, string? EntityTag, long Length)> _doubted = new();

    /// <summary>Whether what is told may spare openings their request.</summary>
    public bool MaySpareRequests => _trustedFor > TimeSpan.Zero;

    /// <summary>How long a read is expected to take; zero while that is not known.</summary>
    public TimeSpan ExpectedTime => times.Median(1);

    /// <summary>What <see cref="SharedVersion.Partition"/> is of a partition.</summary>
    public PartitionDigest DigestOf(string partition) => new(keys.DigestOf(partition), keys);

    /// <summary>Finds what was told of a file; <see langword="null"/> if nothing was, or not in time.</summary>
    /// <param name="cacheKey">The file.</param>
    /// <param name="asker">Who asks, in any form: each hears what such as it have told.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">By <paramref name="cancellationToken"/> only.</exception>
    public async ValueTask<SharedVersion?> FindAsync(string cacheKey, string asker, CancellationToken cancellationToken)
    {
        byte[] subject = SubjectOf(cacheKey, asker);
        RecordAddress[] addresses = _trustedFor > TimeSpan.Zero
            ? [AddressOf(RecordKind.TrustedMetadata, subject), AddressOf(RecordKind.Metadata, subject)]
            : [AddressOf(RecordKind.Metadata, subject)];
        StoredRecord?[] records = await reader.ReadAsync(cacheKey, addresses, cancellationToken).ConfigureAwait(false);
        SharedVersion? found = null;
        for (int i = 0; i < records.Length; i++)
        {
            using StoredRecord? record = records[i];
            if (record is not null)
            {
                found ??= Read(record.Payload, addresses[i].Kind);
            }
        }

        return found is { IsTrusted: true } && _doubted.Contains((cacheKey, found.EntityTag, found.Length))
            ? found with { IsTrusted = false }
            : found;
    }

    /// <summary>The origin no longer serves a version: this process trusts it no more until the origin has shown it again.</summary>
    public void Doubt(string cacheKey, string? entityTag, long length) => _doubted.Add((cacheKey, entityTag, length));

    /// <summary>Tells the other machines, later, what the origin has shown.</summary>
    /// <param name="cacheKey">The file.</param>
    /// <param name="asker">Who asked.</param>
    /// <param name="version">What it is.</param>
    /// <param name="maySpareRequests">Whether others may open it without asking, if options let them.</param>
    public void Remember(string cacheKey, string asker, SharedVersion version, bool maySpareRequests = true)
    {
        _doubted.Remove((cacheKey, version.EntityTag, version.Length));
        long evictions = writer.Evictions;
        if (!writer.IsWilling
            || SharedVersionPayload.Write(version, time.GetUtcNow()) is not { } payload
            || !writer.Takes(payload.Length))
        {
            return;
        }

        byte[] subject = SubjectOf(cacheKey, asker);
        writer.Add(new PendingWrite(cacheKey, AddressOf(RecordKind.Metadata, subject), payload, _timeToLive, evictions));
        if (_trustedFor > TimeSpan.Zero && maySpareRequests)
        {
            writer.Add(new PendingWrite(cacheKey, AddressOf(RecordKind.TrustedMetadata, subject), payload, _trustedFor, evictions));
        }
    }

    private static RecordAddress AddressOf(RecordKind kind, byte[] subject) => new(kind, subject, 0, SharedVersionPayload.MostBytes);

    private static byte[] SubjectOf(string cacheKey, string asker)
    {
        // The first part is led by its length, so that the two cannot be told apart in another way.
        byte[] file = Encoding.UTF8.GetBytes(cacheKey);
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, file.Length);
        return [.. length, .. file, .. Encoding.UTF8.GetBytes(asker)];
    }

    private SharedVersion? Read(ReadOnlySpan<byte> payload, RecordKind kind)
    {
        if (SharedVersionPayload.Read(payload, keys) is not ({ } version, long written))
        {
            counters.CountRejected();
            return null;
        }

        if (kind == RecordKind.Metadata)
        {
            return version;
        }

        // A time to come is that of a clock which is ahead: the store's own expiration bounds it.
        long age = Math.Max(0, time.GetUtcNow().UtcTicks - written);
        return age < _trustedFor.Ticks ? version with { IsTrusted = true } : null;
    }
}
