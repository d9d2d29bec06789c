using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Hctef.Tests.Caching.Disk;

namespace Hctef.Tests.Faults;

/// <content>Clocks, links, modes and file systems.</content>
public sealed partial class DiskFaultTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(3650)]
    public async Task J11_a_clock_that_is_set_evicts_no_masses(int days)
    {
        _rig.Options.MaxAge = TimeSpan.FromDays(30);
        for (int i = 0; i < 36; i++)
            await _rig.WriteAsync(DiskRig.Identity("f" + i, 100 * Block), 0, 100 * Block);
        Assert.Equal(36, _rig.Packs.Length);

        _rig.Time = new SetClock(_rig.Clock) { Shift = TimeSpan.FromDays(days) };
        VersionIdentity late = DiskRig.Identity("late");
        await _rig.WriteAsync(late, 0, Block);
        Assert.InRange(_rig.Packs.Length, 37 - ((16 << 20) / 8 / (100 * Block)), 37);
        Assert.Equal(Block, await _rig.ReadAnewAsync(late, 0, Block));
        VersionIdentity first = DiskRig.Identity("f35", 100 * Block);
        Assert.Equal(days > 0 ? 0 : Block, await _rig.ReadAnewAsync(first, 0, Block));
    }

    [Fact]
    public async Task J11_packs_grow_old_by_the_clock_that_is_never_set()
    {
        _rig.Options.MaxAge = TimeSpan.FromDays(30);
        ManualTimeProvider real = _rig.Clock;
        var clock = new SetClock(real);
        _rig.Time = clock;
        await using DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(Identity)!;
        DiskRig.Offer(version, Identity, 0, Block);
        await tier.FlushAsync();
        clock.Shift = TimeSpan.FromDays(3650);
        Assert.Equal(Block, await DiskRig.ReadAsync(version, Identity, 0, Block));
        clock.Shift = TimeSpan.FromDays(-1);
        Assert.Equal(Block, await DiskRig.ReadAsync(version, Identity, 0, Block));
        real.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await DiskRig.ReadAsync(version, Identity, 0, Block));
    }

    [Fact]
    public async Task J16_nothing_depends_on_locks_of_files()
    {
        // The file layer has none to offer, and opens all files so that everybody else may do everything with them; two tiers at once
        // are as two processes are. What they write twice is only written twice.
        await using DiskTier one = _rig.NewTier();
        await using DiskTier two = _rig.NewTier();
        DiskRig.Offer(one.Open(Identity)!, Identity, 0, 3 * Block);
        DiskRig.Offer(two.Open(Identity)!, Identity, 0, 3 * Block);
        await Task.WhenAll(one.FlushAsync(), two.FlushAsync());
        Assert.Equal(3 * Block, await DiskRig.ReadAsync(one.Open(Identity)!, Identity, 0, 3 * Block));
        Assert.Equal(3 * Block, await _rig.ReadAnewAsync(Identity, 0, 3 * Block));
    }
}
