using Hctef.Caching.Distributed;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>What one machine learned of a file's version others hear, and trust it only where and as long as they may.</summary>
public sealed class SharedVersionsTests : IDisposable
{
    private const string Asker = "asker";

    private static readonly TimeSpan Trust = TimeSpan.FromMinutes(5);

    private readonly TestStore _store = new();
    private readonly DistributedRig _rig;

    public SharedVersionsTests() => _rig = new DistributedRig(_store);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_of_a_version_is_told(bool trusted)
    {
        _rig.Options.TrustSharedMetadataFor = trusted ? Trust : TimeSpan.Zero;
        await RememberAsync("\"tag-é\"");
        SharedVersion found = (await FindAsync())!;
        Assert.Equal(
            (DistributedRig.Length, "\"tag-é\"", "Mon, 01 Jan 2029 00:00:00 GMT", true, "text/plain", true, trusted),
            (found.Length, found.EntityTag, found.LastModifiedRaw, found.LastModifiedIsStrong, found.ContentType,
                found.PartitionIsAskers, found.IsTrusted));
        Assert.True(found.IsOf("tenant"));
        Assert.False(found.IsOf("tenant2"));
        Assert.Equal(trusted ? 1 : 0, _store.KeysOf('t').Length);
    }

    [Fact]
    public async Task Trust_ends_by_the_record_and_by_the_store()
    {
        _rig.Options.TrustSharedMetadataFor = Trust;
        await RememberAsync();
        string key = Assert.Single(_store.KeysOf('t'));
        Assert.InRange(_store.Expirations[key].AbsoluteExpirationRelativeToNow!.Value, Trust * 0.9, Trust);
        _rig.Time.Advance(Trust - TimeSpan.FromTicks(1));
        Assert.True((await FindAsync())!.IsTrusted);
        _rig.Time.Advance(TimeSpan.FromTicks(1));
        Assert.False((await FindAsync())!.IsTrusted);
    }

    [Fact]
    public async Task A_version_in_doubt_is_not_trusted_until_the_origin_has_shown_it_again()
    {
        _rig.Options.TrustSharedMetadataFor = Trust;
        await RememberAsync();
        DistributedTier tier = _rig.StartTier();
        tier.Versions.Doubt(DistributedRig.CacheKey, "\"other\"", DistributedRig.Length);
        SharedVersion trusted = (await tier.Versions.FindAsync(DistributedRig.CacheKey, Asker, default))!;
        Assert.True(trusted.IsTrusted);
        tier.Versions.Doubt(DistributedRig.CacheKey, trusted.EntityTag, trusted.Length);
        Assert.False((await tier.Versions.FindAsync(DistributedRig.CacheKey, Asker, default))!.IsTrusted);
        tier.Versions.Remember(DistributedRig.CacheKey, Asker, trusted);
        Assert.True((await tier.Versions.FindAsync(DistributedRig.CacheKey, Asker, default))!.IsTrusted);
    }

    [Fact]
    public async Task A_record_from_a_clock_that_is_ahead_is_of_now()
    {
        _rig.Options.TrustSharedMetadataFor = Trust;
        using var ahead = new DistributedRig(_store);
        ahead.Options.TrustSharedMetadataFor = Trust;
        ahead.Time.Advance(TimeSpan.FromDays(1));
        await RememberAsync(rig: ahead);
        Assert.True((await FindAsync())!.IsTrusted);
    }

    [Fact]
    public async Task Others_hear_nothing_of_what_one_asker_was_shown()
    {
        await RememberAsync();
        Assert.NotNull(await FindAsync());
        Assert.Null(await _rig.StartTier().Versions.FindAsync(DistributedRig.CacheKey, "other", default));
        Assert.Null(await _rig.StartTier().Versions.FindAsync("other", Asker, default));
    }

    [Fact]
    public async Task Eviction_ends_it()
    {
        await RememberAsync();
        await _rig.StartTier().EvictAsync(DistributedRig.CacheKey, default);
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task A_tag_beyond_a_kibibyte_or_a_header_beyond_all_measure_is_not_told()
    {
        await RememberAsync($"\"{new string('x', 1023)}\"");
        await RememberAsync(contentType: new string('x', 4096));
        Assert.Null(await FindAsync());
        await RememberAsync($"\"{new string('x', 1022)}\"");
        Assert.NotNull(await FindAsync());
    }

    [Fact]
    public async Task K3_no_byte_of_it_changes_unseen()
    {
        await RememberAsync();
        string key = Assert.Single(_store.KeysOf('m'));
        byte[] right = _store.Values[key];
        DistributedTier tier = _rig.StartTier();
        for (int i = 0; i < right.Length; i++)
        {
            byte[] wrong = [.. right];
            wrong[i] ^= 0x40;
            _store.Values[key] = wrong;
            Assert.Null(await tier.Versions.FindAsync(DistributedRig.CacheKey, Asker, default));
        }

        Assert.Equal(right.Length, tier.Counters.Rejected);
    }

    [Fact]
    public void A_payload_that_is_whole_and_no_version_is_none()
    {
        var keys = new StoreKeys(null);
        byte[] right = SharedVersionPayload.Write(
            new SharedVersion { Length = 1, EntityTag = "\"t\"", Partition = new PartitionDigest(keys.DigestOf("p"), keys) },
            _rig.Time.GetUtcNow())!;
        Assert.NotNull(SharedVersionPayload.Read(right, keys));
        Assert.Null(SharedVersionPayload.Read([.. right, 0], keys));
        for (int length = 0; length < right.Length; length++)
            Assert.Null(SharedVersionPayload.Read(right.AsSpan(0, length), keys));

        // Lengths of texts that are absurd, or no numbers at all.
        byte[] wrong = [.. right.AsSpan(0, 51), 0xFF, 0xFF, 0xFF, 0xFF, 0x07];
        Assert.Null(SharedVersionPayload.Read(wrong, keys));
        wrong = [.. right.AsSpan(0, 51), 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        Assert.Null(SharedVersionPayload.Read(wrong, keys));
    }

    private async Task RememberAsync(string tag = "\"tag\"", string contentType = "text/plain", DistributedRig? rig = null)
    {
        DistributedTier tier = (rig ?? _rig).StartTier();
        tier.Versions.Remember(DistributedRig.CacheKey, Asker, new SharedVersion
        {
            Length = DistributedRig.Length,
            EntityTag = tag,
            LastModifiedRaw = "Mon, 01 Jan 2029 00:00:00 GMT",
            LastModifiedIsStrong = true,
            ContentType = contentType,
            Partition = tier.Versions.DigestOf("tenant"),
            PartitionIsAskers = true,
        });
        await tier.DisposeAsync();
    }

    private ValueTask<SharedVersion?> FindAsync() => _rig.StartTier().Versions.FindAsync(DistributedRig.CacheKey, Asker, default);
}
