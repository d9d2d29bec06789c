using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Hctef.Tests.Caching.Disk;

namespace Hctef.Tests.Faults;

/// <content>Disks that fail, and packs that go.</content>
public sealed partial class DiskFaultTests
{
    [Theory]
    [InlineData("CreateNew")]
    [InlineData("Write")]
    [InlineData("Flush")]
    [InlineData("Rename")]
    public async Task J5_a_full_disk_costs_a_rest_and_leaves_no_file(string step)
    {
        bool isFull = true;
        _rig.Files.Before = call => Fail(isFull && call == step, new IOException("No space left on device", 28));
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(Identity)!;
        DiskRig.Offer(version, Identity, 0, 3 * Block);
        await tier.FlushAsync();
        Assert.Empty(_rig.Packs);
        Assert.Empty(_rig.Temporaries);
        DiskRig.Offer(version, Identity, 0, 3 * Block);
        await tier.FlushAsync();
        Assert.Equal(6 * Block, tier.Counters.BytesDropped);
        Assert.Equal((41, "DiskCacheResting"), Assert.Single(_rig.Logs.Events.Select(static told => (told.Id.Id, told.Id.Name!))));

        isFull = false;
        _rig.Clock.Advance(TimeSpan.FromSeconds(30));
        DiskRig.Offer(version, Identity, 0, 3 * Block);
        await tier.FlushAsync();
        Assert.Equal(3 * Block, await DiskRig.ReadAsync(version, Identity, 0, 3 * Block));
    }

    [Fact]
    public void J5_a_full_disk_at_closing_is_nobodys_error()
    {
        _rig.Files.Before = static call => Fail(call == "Write", new IOException("No space left on device", 28));
        DiskTier tier = _rig.NewTier();
        DiskRig.Offer(tier.Open(Identity)!, Identity, 0, 3 * Block);
        tier.Dispose();
        Assert.Empty(_rig.Packs);
        Assert.Empty(_rig.Temporaries);
    }

    [Fact]
    public async Task J5_what_should_be_free_is_left_free()
    {
        await _rig.WriteAsync(DiskRig.Identity("old"), 0, 4 * Block);
        _rig.Options.MinFreeBytes = 1 << 20;
        _rig.Files.FreeBytes = (1 << 20) - 1;
        await _rig.WriteAsync(Identity, 0, 3 * Block);
        Assert.Empty(_rig.Packs);
    }

    public static TheoryData<string, string> Failures()
    {
        var all = new TheoryData<string, string>();
        foreach (string call in new[] { "CreateFolder", "Distrust", "List", "Open", "GetLength", "Read", "CreateNew", "Rename", "GetFreeBytes" })
        {
            foreach (string failure in new[] { "EACCES", "EROFS", "EIO", "EMFILE", "ENAMETOOLONG", "ENOENT" })
                all.Add(call, failure);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task J6_a_failing_disk_is_a_miss_and_passes(string failing, string failure)
    {
        await _rig.WriteAsync(Identity, 0, Block);
        bool fails = true;
        _rig.Files.Before = call => Fail(fails && call == failing, Failure(failure));
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(Identity)!;
        await DiskRig.ReadAsync(version, Identity, 0, Block);
        DiskRig.Offer(version, Identity, Block, 2 * Block);
        await tier.FlushAsync();
        await DiskRig.ReadAsync(version, Identity, Block, 2 * Block);
        Assert.InRange(_rig.Logs.Events.Count(static told => told.Id.Id == 41), 0, 2);

        fails = false;
        _rig.Clock.Advance(TimeSpan.FromMinutes(11));
        DiskRig.Offer(version, Identity, 2 * Block, 3 * Block);
        await tier.FlushAsync();
        Assert.Equal(Block, await DiskRig.ReadAsync(version, Identity, 2 * Block, 3 * Block));
        Assert.DoesNotContain(_rig.Logs.Lines, static line => line.Contains("signature", StringComparison.Ordinal));
    }

    [Fact]
    public async Task J6_a_folder_that_is_deleted_is_made_again()
    {
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(Identity)!;
        DiskRig.Offer(version, Identity, 0, Block);
        await tier.FlushAsync();
        Directory.Delete(_rig.Options.Path!, recursive: true);
        DiskRig.Offer(version, Identity, Block, 2 * Block);
        await tier.FlushAsync();
        await DiskRig.ReadAsync(version, Identity, Block, 2 * Block);

        _rig.Clock.Advance(TimeSpan.FromSeconds(30));
        DiskRig.Offer(version, Identity, 2 * Block, 3 * Block);
        await tier.FlushAsync();
        Assert.Equal(Block, await DiskRig.ReadAsync(version, Identity, 2 * Block, 3 * Block));
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Block));
    }

    [Fact]
    public async Task J8_a_pack_that_others_evict_is_a_miss()
    {
        VersionIdentity identity = DiskRig.Identity("long", 800 * Block);
        await _rig.WriteAsync(identity, 0, identity.Length);
        await using DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        Assert.Equal(identity.Length, version.FindHeld(0, identity.Length, 1));
        Assert.True(await DiskRig.ReadAsync(version, identity, 0, Block) > 0);
        Array.ForEach(_rig.Packs, File.Delete);
        Assert.Equal(0, await DiskRig.ReadAsync(version, identity, 700 * Block, 701 * Block));
        DiskRig.Offer(version, identity, 700 * Block, 701 * Block);
        await tier.FlushAsync();
        Assert.Equal(Block, await DiskRig.ReadAsync(version, identity, 700 * Block, 701 * Block));
        Assert.Equal(0, tier.Counters.Failed);
    }

    [Fact]
    public async Task J9_a_pack_that_is_truncated_while_it_is_open_is_a_miss()
    {
        await using DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(Identity)!;
        DiskRig.Offer(version, Identity, 0, 6 * Block);
        await tier.FlushAsync();
        Assert.Equal(Block, await DiskRig.ReadAsync(version, Identity, 0, Block));
        using (var file = new FileStream(_rig.Packs[0], FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            file.SetLength(file.Length - (3 * Block));
        Assert.Equal(0, await DiskRig.ReadAsync(version, Identity, 4 * Block, 5 * Block));
        Assert.Equal(1, tier.Counters.Rejected);
        Assert.Equal(0, tier.Counters.Failed);
    }
}
