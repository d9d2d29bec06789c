using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Hctef.Tests.Files;

namespace Hctef.Tests.Caching.Disk;

public sealed class DiskTierTests : IDisposable
{
    private const int Block = DiskRig.Block;

    private readonly DiskRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_was_offered_is_read_by_the_next_process()
    {
        VersionIdentity identity = DiskRig.Identity("a", (10 * Block) + 100);
        await _rig.WriteAsync(identity, 0, identity.Length);

        Assert.Equal(identity.Length, await _rig.ReadAnewAsync(identity, 0, identity.Length));
        Assert.Equal(5000, await _rig.ReadAnewAsync(identity, 777, 5777));
        Assert.Equal(50, await _rig.ReadAnewAsync(identity, identity.Length - 50, identity.Length));
        Assert.Single(_rig.Packs);
    }

    [Fact]
    public async Task Blocks_are_written_five_seconds_after_the_first_of_them_came_or_when_they_fill_a_pack()
    {
        VersionIdentity identity = DiskRig.Identity("a", 1024 * Block);
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        DiskRig.Offer(version, identity, 0, Block);
        _rig.Clock.Advance(TimeSpan.FromSeconds(4.9));
        DiskRig.Offer(version, identity, 2 * Block, 3 * Block);
        Assert.Empty(_rig.Files.Calls);
        _rig.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await WhenAsync(() => tier.Counters.BytesWritten == 2 * Block);

        // The cap of 16 MiB makes packs of 1 MiB.
        DiskRig.Offer(version, identity, 512 * Block, 768 * Block);
        _rig.Clock.Advance(TimeSpan.FromSeconds(0.4));
        Assert.Equal(2 * Block, tier.Counters.BytesWritten);
        _rig.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await WhenAsync(() => tier.Counters.BytesWritten == 258 * Block);
        Assert.Equal(2, _rig.Packs.Length);
        _rig.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _rig.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Packs_that_take_half_of_the_room_are_written_at_once()
    {
        VersionIdentity identity = DiskRig.Identity("a", 8192 * Block);
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        for (int first = 0; first < 3840; first += 256)
            DiskRig.Offer(version, identity, first * Block, (first + 256) * Block);
        Assert.Empty(_rig.Files.Calls);

        DiskRig.Offer(version, identity, 3840 * Block, 4096 * Block);

        await WhenAsync(() => tier.Counters.BytesWritten == 4096 * Block);
    }

    [Fact]
    public async Task A_folder_that_is_made_ready_early_is_not_opened_again()
    {
        DiskTier tier = _rig.NewTier();
        tier.Prepare();
        await WhenAsync(() => _rig.Files.Calls.Count(static call => call == "Rename") == 1);
        Assert.Equal(0, await DiskRig.ReadAsync(tier.Open(DiskRig.Identity("a"))!, DiskRig.Identity("a"), 0, Block));
        tier.Prepare();

        Assert.Equal(2, _rig.Files.Calls.Count(static call => call == "CreateFolder"));
        Assert.Single(_rig.Files.Calls, static call => call == "CreateNew");
    }

    [Fact]
    public async Task Held_bytes_are_found_without_the_disk()
    {
        VersionIdentity identity = DiskRig.Identity("a", (64 * Block) + 1);
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        Assert.Equal(identity.Length, version.FindHeld(0, identity.Length, 1));
        foreach ((int first, int end) in new[] { (2, 3), (5, 9), (20, 30) })
            DiskRig.Offer(version, identity, first * Block, end * Block);
        DiskRig.Offer(version, identity, 64 * Block, identity.Length);
        await tier.FlushAsync();
        int calls = _rig.Files.Calls.Count;

        Assert.Equal(2 * Block, version.FindHeld(0, identity.Length, 1));
        Assert.Equal((2 * Block) + 5, version.FindHeld((2 * Block) + 5, identity.Length, 1));
        Assert.Equal(5 * Block, version.FindHeld((2 * Block) + 5, identity.Length, Block));
        Assert.Equal(20 * Block, version.FindHeld(0, identity.Length, 5 * Block));
        Assert.Equal(64 * Block, version.FindHeld(30 * Block, identity.Length, 5 * Block));
        Assert.Equal(64 * Block, version.FindHeld(0, identity.Length, 50 * Block));
        Assert.Equal(20 * Block, version.FindHeld(9 * Block, 25 * Block, 50 * Block));
        Assert.Equal(20 * Block, version.FindHeld(9 * Block, 20 * Block, 1));
        Assert.Equal(24 * Block, version.FindHeld(24 * Block, 25 * Block, 50 * Block));
        Assert.Equal(calls, _rig.Files.Calls.Count);
    }

    [Fact]
    public async Task Blocks_are_written_once()
    {
        VersionIdentity identity = DiskRig.Identity("a");
        await _rig.WriteAsync(identity, 0, 8 * Block);
        await using DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        DiskRig.Offer(version, identity, 4 * Block, 12 * Block);
        DiskRig.Offer(version, identity, 4 * Block, 12 * Block);
        await tier.FlushAsync();
        DiskRig.Offer(version, identity, 0, 12 * Block);
        await tier.FlushAsync();

        Assert.Equal(4 * Block, tier.Counters.BytesWritten);
        Assert.Equal(2, _rig.Packs.Length);
    }

    [Fact]
    public async Task What_another_process_writes_is_found_three_seconds_later_at_the_latest()
    {
        VersionIdentity identity = DiskRig.Identity("a");
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        Assert.Equal(0, await DiskRig.ReadAsync(version, identity, 0, Block));
        await _rig.WriteAsync(identity, 0, 8 * Block);
        int calls = _rig.Files.Calls.Count;
        Assert.Equal(0, await DiskRig.ReadAsync(version, identity, 0, Block));
        Assert.Equal(calls, _rig.Files.Calls.Count);
        _rig.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Block, await DiskRig.ReadAsync(version, identity, 0, Block));
    }

    [Fact]
    public async Task An_evicted_file_is_gone_in_all_versions_and_what_waited_of_it_is_not_written()
    {
        VersionIdentity one = DiskRig.Identity("a");
        VersionIdentity two = DiskRig.Identity("a", validator: "\"two\"");
        VersionIdentity other = DiskRig.Identity("b");
        await _rig.WriteAsync(one, 0, Block);
        await _rig.WriteAsync(two, 0, Block);
        await _rig.WriteAsync(other, 0, Block);
        await using DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(one)!;
        Assert.Equal(Block, await DiskRig.ReadAsync(version, one, 0, Block));
        DiskRig.Offer(version, one, Block, 2 * Block);

        await tier.EvictAsync(one.CacheKey, CancellationToken.None);
        await tier.FlushAsync();

        Assert.Single(_rig.Packs);
        Assert.Equal(0, await DiskRig.ReadAsync(version, one, 0, Block));
        Assert.Equal(Block, await DiskRig.ReadAsync(tier.Open(other)!, other, 0, Block));
        DiskRig.Offer(version, one, Block, 2 * Block);
        await tier.FlushAsync();
        Assert.Equal(Block, await DiskRig.ReadAsync(version, one, Block, 2 * Block));
    }

    [Fact]
    public async Task What_a_reader_opens_while_its_file_is_evicted_is_not_read_afterwards()
    {
        VersionIdentity identity = DiskRig.Identity("a");
        await _rig.WriteAsync(identity, 0, Block);
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        int found = -1;
        _rig.Files.Before = call =>
        {
            if (call != "Delete" || found >= 0)
                return;

            // The eviction has forgotten the packs, and is about to delete them.
            found = 0;
            found = DiskRig.ReadAsync(version, identity, 0, Block).GetAwaiter().GetResult();
        };
        await tier.EvictAsync(identity.CacheKey, CancellationToken.None);
        Assert.Equal(Block, found);
        Assert.Empty(_rig.Packs);
        Assert.Equal(0, await DiskRig.ReadAsync(version, identity, 0, Block));
    }

    [Fact]
    public async Task A_listing_that_began_before_an_eviction_brings_nothing_back()
    {
        VersionIdentity identity = DiskRig.Identity("a");
        await _rig.WriteAsync(identity, 0, Block);
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        using var gate = new ManualResetEventSlim();
        var looking = new TaskCompletionSource();
        int looks = 0;
        _rig.Files.Before = call =>
        {
            // The first length is the secret's, the second that of the pack, which is open by then.
            if (call != "GetLength" || Interlocked.Increment(ref looks) != 2)
                return;
            looking.TrySetResult();
            Assert.True(gate.Wait(FileRig.HangGuard));
        };
        Task<int> reading = Task.Run(() => DiskRig.ReadAsync(version, identity, 0, Block));
        await looking.Task.WaitAsync(FileRig.HangGuard);
        await tier.EvictAsync(identity.CacheKey, CancellationToken.None);
        gate.Set();
        Assert.Equal(0, await reading.WaitAsync(FileRig.HangGuard));
        Assert.Equal(identity.Length, version.FindHeld(0, identity.Length, 1));
        Assert.True(DiskRig.Offer(version, identity, 0, Block));
        await tier.FlushAsync();
        Assert.Equal(Block, tier.Counters.BytesWritten);
    }

    [Fact]
    public async Task What_failing_writes_leave_counts_against_the_cap()
    {
        _rig.Files.Before = static call =>
        {
            if (call is "Rename" or "Delete")
                throw new IOException("Input/output error", 5);
        };
        VersionIdentity identity = DiskRig.Identity("a", 4096 * Block);
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        for (int i = 0; i < 40; i++)
        {
            DiskRig.Offer(version, identity, 0, 128 * Block);
            await tier.FlushAsync();
            _rig.Clock.Advance(TimeSpan.FromMinutes(11));
        }

        Assert.NotEmpty(_rig.Temporaries);
        Assert.InRange(_rig.All.Sum(static path => new FileInfo(path).Length), 1, 16 << 20);
    }

    [Fact]
    public async Task Packs_that_are_too_old_go_even_if_each_is_larger_than_what_goes_at_a_time()
    {
        VersionIdentity identity = DiskRig.Identity("a", 1024 * Block);
        _rig.Options.MaxBytes = 4L << 30;
        _rig.Options.MaxAge = TimeSpan.FromHours(1);
        await _rig.WriteAsync(identity, 0, identity.Length);
        string old = Assert.Single(_rig.Packs);
        _rig.Clock.Advance(TimeSpan.FromHours(2));
        _rig.Options.MaxBytes = 16 << 20;
        await _rig.WriteAsync(DiskRig.Identity("b"), 0, Block);
        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task A_write_costs_the_same_calls_whatever_the_folder_has()
    {
        _rig.Options.MaxBytes = 4L << 30;
        VersionIdentity identity = DiskRig.Identity("a");
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        DiskRig.Offer(version, identity, 0, Block);
        await tier.FlushAsync();
        int calls = _rig.Files.Calls.Count;
        DiskRig.Offer(version, identity, Block, 2 * Block);
        await tier.FlushAsync();

        // Nothing is listed: 100,000 packs in the folder would cost nothing.
        Assert.Equal(
            ["Distrust", "CreateFolder", "Distrust", "GetFreeBytes", "CreateNew", "Write", "Write", "Flush", "Rename"],
            _rig.Files.Calls.Skip(calls));
    }

    [Fact]
    public async Task Packs_used_longest_ago_are_evicted_first_and_those_in_use_get_a_second_chance()
    {
        VersionIdentity[] identities = [.. Enumerable.Range(0, 16).Select(static i => DiskRig.Identity("f" + i, 220 * Block))];
        foreach (VersionIdentity identity in identities)
            await _rig.WriteAsync(identity, 0, identity.Length);
        Assert.Equal(16, _rig.Packs.Length);
        await using DiskTier tier = _rig.NewTier();
        ITierVersion used = tier.Open(identities[0])!;
        Assert.True(await DiskRig.ReadAsync(used, identities[0], 0, Block) > 0);
        foreach (string path in _rig.Packs)
            File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(-1000));
        VersionIdentity more = DiskRig.Identity("more", 600 * Block);
        DiskRig.Offer(tier.Open(more)!, more, 0, more.Length);
        await tier.FlushAsync();

        Assert.True(_rig.All.Sum(static path => new FileInfo(path).Length) <= 16 << 20);
        Assert.Equal(Block, await DiskRig.ReadAsync(used, identities[0], 0, Block));
        Assert.Equal(0, await _rig.ReadAnewAsync(identities[1], 0, Block));
    }

    [Fact]
    public async Task Under_pressure_blocks_are_turned_down_nobody_waits_and_they_are_asked_for_again()
    {
        VersionIdentity identity = DiskRig.Identity("a", 1L << 30);
        using var gate = new ManualResetEventSlim();
        _rig.Files.Before = call => Assert.True(call != "CreateNew" || gate.Wait(FileRig.HangGuard));
        _rig.Options.MaxBytes = 4L << 30;
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        for (long start = 0; start < 32 << 20; start += 1 << 20)
            Assert.True(DiskRig.Offer(version, identity, start, start + (1 << 20)));
        Assert.False(DiskRig.Offer(version, identity, 32 << 20, 33 << 20));

        version.Drained = () => DiskRig.Offer(version, identity, 32 << 20, 33 << 20);
        gate.Set();
        await tier.DisposeAsync();
        Assert.Equal((33 << 20, 0), (tier.Counters.BytesWritten, tier.Counters.BytesDropped));
    }

    [Fact]
    public async Task Versions_by_date_are_kept_only_if_asked_for()
    {
        VersionIdentity identity = DiskRig.Identity("a") with { IsByDate = true };
        await using DiskTier tier = _rig.NewTier();
        Assert.Null(tier.Open(identity));
        _rig.Options.AcceptStrongDates = true;
        Assert.NotNull(tier.Open(identity));
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_is_a_miss_after_two_seconds_and_is_left_alone()
    {
        VersionIdentity identity = DiskRig.Identity("a");
        await _rig.WriteAsync(identity, 0, Block);
        using var gate = new ManualResetEventSlim();
        var reached = new TaskCompletionSource();
        _rig.Files.Before = call =>
        {
            if (call != "Read")
                return;
            reached.TrySetResult();
            gate.Wait(FileRig.HangGuard);
        };
        DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(identity)!;
        Task<int> reading = Task.Run(() => DiskRig.ReadAsync(version, identity, 0, Block));
        await reached.Task.WaitAsync(FileRig.HangGuard);
        await WhenAsync(() => _rig.Clock.ArmedTimers > 0);
        _rig.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, await reading.WaitAsync(FileRig.HangGuard));
        Assert.Equal(0, await DiskRig.ReadAsync(version, identity, 0, Block));
        Assert.Contains((41, "DiskCacheResting"), _rig.Logs.Events.Select(static told => (told.Id.Id, told.Id.Name)));

        gate.Set();
        _rig.Clock.Advance(TimeSpan.FromSeconds(31));
        await WhenAsync(async () => await DiskRig.ReadAsync(version, identity, 0, Block) == Block);
    }

    [Fact]
    public async Task A_reader_who_gives_up_gets_his_cancellation()
    {
        VersionIdentity identity = DiskRig.Identity("a");
        await _rig.WriteAsync(identity, 0, Block);
        using var gate = new ManualResetEventSlim();
        _rig.Files.Before = call => Assert.True(call != "Read" || gate.Wait(FileRig.HangGuard));
        using var cancellation = new CancellationTokenSource();
        ITierVersion version = _rig.NewTier().Open(identity)!;
        ValueTask<TierRun?> reading = version.ReadAsync(0, Block, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask());

        // What he began goes on for others.
        gate.Set();
        Assert.Equal(Block, await DiskRig.ReadAsync(version, identity, 0, Block));
    }

    private static Task WhenAsync(Func<bool> condition) => WhenAsync(() => Task.FromResult(condition()));

    private static async Task WhenAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(FileRig.HangGuard);
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
