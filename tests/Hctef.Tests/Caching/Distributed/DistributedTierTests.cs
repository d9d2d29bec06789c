using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Hctef.Caching.Distributed;
using Hctef.Caching.Tiers;
using Hctef.Tests.Files;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>What a tier writes other machines read, whole chunks of it; and what is evicted nobody reads again.</summary>
public sealed partial class DistributedTierTests : IDisposable
{
    private const int Chunk = DistributedRig.Chunk;
    private const int Length = DistributedRig.Length;

    private readonly BufferTestStore _store = new();
    private readonly DistributedRig _rig;

    public DistributedTierTests() => _rig = new DistributedRig(_store);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false, null)]
    [InlineData(false, DistributedRig.Secret)]
    [InlineData(true, null)]
    [InlineData(true, DistributedRig.Secret)]
    public async Task Another_machine_reads_what_one_has_written(bool buffers, string? secret)
    {
        TestStore store = buffers ? new BufferTestStore() : new TestStore();
        using var rig = new DistributedRig(store);
        rig.Options.HmacKey = secret;
        await rig.FillAsync();
        DistributedTier tier = rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;

        Assert.Equal((0, 8 * Chunk), await rig.ReadAsync(version));
        Assert.Equal((8 * Chunk, Length), await rig.ReadAsync(version, 8 * Chunk));
        Assert.Equal((100, Chunk + 1), await rig.ReadAsync(version, 100, Chunk + 1));
        Assert.Equal((Length - 1, Length), await rig.ReadAsync(version, Length - 1, Length + 1000));
        Assert.Null(await rig.ReadAsync(version, Length, Length + 1));
        Assert.Equal((4L, 0L), (tier.Counters.Hits, tier.Counters.Misses));
    }

    [Theory]
    [InlineData(8192)]
    [InlineData(16 * 1024)]
    public async Task A_store_may_ask_for_more_memory_than_it_fills(int pageBytes)
    {
        var store = new BufferTestStore { PageBytes = pageBytes };
        using var rig = new DistributedRig(store);
        await rig.FillAsync();
        DistributedTier tier = rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;

        Assert.Equal((0, 8 * Chunk), await rig.ReadAsync(version));
        Assert.Equal((8 * Chunk, Length), await rig.ReadAsync(version, 8 * Chunk));
        Assert.Equal(0, tier.Counters.Rejected);
    }

    [Fact]
    public async Task What_flows_with_a_reader_does_not_reach_the_writing()
    {
        var flowing = new AsyncLocal<string?> { Value = "reader" };
        var flowed = new ConcurrentQueue<string?>();
        _store.OnSet = _ =>
        {
            flowed.Enqueue(flowing.Value);
            return Task.CompletedTask;
        };
        await _rig.FillAsync();
        Assert.NotEmpty(flowed);
        Assert.All(flowed, Assert.Null);
    }

    [Fact]
    public async Task A_run_begins_behind_what_is_not_there_and_ends_before_it()
    {
        DistributedTier writer = _rig.StartTier();
        ITierVersion written = writer.Open(DistributedRig.Identity)!;
        written.Offer(Chunk, _rig.Content.AsSpan(Chunk, 2 * Chunk));
        written.Offer(5 * Chunk, _rig.Content.AsSpan(5 * Chunk, Chunk));
        await writer.DisposeAsync();

        ITierVersion version = _rig.StartTier().Open(DistributedRig.Identity)!;
        Assert.Equal((Chunk, 3 * Chunk), await _rig.ReadAsync(version, 10, Length));
        Assert.Equal((5 * Chunk, 6 * Chunk), await _rig.ReadAsync(version, 3 * Chunk, Length));
    }

    [Fact]
    public async Task Blocks_in_any_order_become_whole_chunks_and_parts_of_one_are_not_written()
    {
        _rig.Options.ChunkBytes = 4 * Chunk;
        DistributedTier writer = _rig.StartTier();
        ITierVersion written = writer.Open(DistributedRig.Identity)!;
        foreach (int block in (int[])[3, 10, 0, 2, 9, 1, 8, 5, 6])
            written.Offer(block * Chunk, _rig.Content.AsSpan(block * Chunk, Math.Min(Chunk, Length - (block * Chunk))));
        await writer.DisposeAsync();

        Assert.Equal(2, _store.KeysOf('c').Length);
        ITierVersion version = _rig.StartTier().Open(DistributedRig.Identity)!;
        Assert.Equal((0, 4 * Chunk), await _rig.ReadAsync(version));
        Assert.Equal((8 * Chunk, Length), await _rig.ReadAsync(version, 4 * Chunk));
    }

    [Fact]
    public async Task What_was_read_or_written_is_not_written_again_until_it_is_gone()
    {
        await _rig.FillAsync();
        int sets = _store.Sets;
        DistributedTier tier = _rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;
        await _rig.ReadAsync(version, 0, Chunk);
        version.Offer(0, _rig.Content.AsSpan(0, Chunk));
        Array.ForEach(_store.KeysOf('c'), key => _store.Values.TryRemove(key, out _));
        Assert.Null(await _rig.ReadAsync(version, 0, Chunk));
        version.Offer(0, _rig.Content.AsSpan(0, Chunk));
        await tier.DisposeAsync();
        Assert.Equal(sets + 1, _store.Sets);
    }

    [Fact]
    public async Task What_the_queue_has_no_room_for_is_turned_down_and_taken_when_it_has()
    {
        const int Large = 1024 * 1024;
        byte[] content = new byte[24 * Large];
        var identity = new VersionIdentity(DistributedRig.CacheKey, "p", "\"large\"", content.Length);
        var gate = new TaskCompletionSource();
        var taken = new TaskCompletionSource();
        _store.OnSet = _ => gate.Task;
        _rig.Options.ChunkBytes = Large;
        DistributedTier tier = _rig.StartTier();
        ITierVersion version = tier.Open(identity)!;
        version.Drained = () =>
        {
            if (version.Offer(0, content))
                taken.TrySetResult();
        };
        Assert.False(version.Offer(0, content));
        gate.SetResult();
        await taken.Task.WaitAsync(FileRig.HangGuard);
        await tier.DisposeAsync();
        Assert.Equal((24, 0L), (_store.KeysOf('c').Length, tier.Counters.BytesDropped));
        Assert.Equal(content.Length, tier.Counters.BytesWritten);
    }

    [Fact]
    public async Task Nothing_in_the_store_tells_what_it_is_of()
    {
        DistributedTier writer = _rig.StartTier();
        writer.Versions.Remember(
            DistributedRig.CacheKey, "asker canary", new SharedVersion { Length = 1, Partition = writer.Versions.DigestOf("tenant canary") });
        await writer.DisposeAsync();
        await _rig.FillAsync();

        Assert.All(_store.Values.Keys, static key => Assert.Matches(KeyPattern(), key));
        Assert.All(_store.Values.Values, static value => Assert.Equal(-1, value.AsSpan().IndexOf(Encoding.UTF8.GetBytes("canary"))));
    }

    [Fact]
    public async Task An_evicted_file_is_gone_at_once_here_and_after_thirty_seconds_elsewhere()
    {
        await _rig.FillAsync();
        DistributedTier here = _rig.StartTier();
        ITierVersion version = here.Open(DistributedRig.Identity)!;
        ITierVersion elsewhere = _rig.StartTier().Open(DistributedRig.Identity)!;
        Assert.NotNull(await _rig.ReadAsync(version));
        Assert.NotNull(await _rig.ReadAsync(elsewhere));

        await here.EvictAsync(DistributedRig.CacheKey, default);
        Assert.Null(await _rig.ReadAsync(version));
        Assert.NotNull(await _rig.ReadAsync(elsewhere));
        _rig.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(await _rig.ReadAsync(elsewhere));
        Assert.Null(await _rig.ReadAsync(_rig.StartTier().Open(DistributedRig.Identity)!));

        await _rig.FillAsync();
        Assert.NotNull(await _rig.ReadAsync(version));
    }

    [Fact]
    public async Task What_was_offered_before_an_eviction_is_not_written_after_it()
    {
        var gate = new TaskCompletionSource();
        _store.OnGet = _ => gate.Task;
        DistributedTier tier = _rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;
        version.Offer(0, _rig.Content);
        ValueTask evicting = tier.EvictAsync(DistributedRig.CacheKey, default);
        gate.SetResult();
        await evicting;
        await tier.DisposeAsync();
        Assert.Empty(_store.KeysOf('c'));
    }

    [Fact]
    public async Task A_generation_that_is_lost_brings_nothing_back()
    {
        await _rig.FillAsync();
        KeyValuePair<string, byte[]>[] chunks = [.. _store.KeysOf('c').Select(key => KeyValuePair.Create(key, _store.Values[key]))];
        _store.Values.TryRemove(Assert.Single(_store.KeysOf('g')), out _);
        Assert.Null(await _rig.ReadAsync(_rig.StartTier().Open(DistributedRig.Identity)!));
        await _rig.FillAsync();
        Assert.Equal(2 * chunks.Length, _store.KeysOf('c').Length);
    }

    [Fact]
    public async Task An_eviction_that_the_store_does_not_hear_of_is_told_it_later()
    {
        await _rig.FillAsync();
        DistributedTier tier = _rig.StartTier();
        _store.OnSet = static _ => throw new IOException();
        await tier.EvictAsync(DistributedRig.CacheKey, default);
        Assert.Equal(1, _rig.CountEvents(47));

        _store.OnSet = null;
        Assert.Null(await _rig.ReadAsync(tier.Open(DistributedRig.Identity)!));
        Assert.Null(await _rig.ReadAsync(_rig.StartTier().Open(DistributedRig.Identity)!));
    }

    [Fact]
    public async Task What_a_date_tells_is_not_kept_and_what_the_store_does_not_take_is_not_sent()
    {
        Assert.Null(_rig.StartTier().Open(DistributedRig.Identity with { IsByDate = true }));
        _rig.Options.MaxValueBytes = Chunk;
        await _rig.FillAsync();

        // The file's last chunk is shorter.
        Assert.Single(_store.KeysOf('c'));
    }

    [Fact]
    public async Task The_expected_time_is_learned_and_forgotten_after_a_minute()
    {
        await _rig.FillAsync();
        ITierVersion version = _rig.StartTier().Open(DistributedRig.Identity)!;
        Assert.Equal(TimeSpan.Zero, version.ExpectedTime(Chunk));
        Assert.NotNull(await _rig.ReadAsync(version, 0, Chunk));
        _rig.Time.Advance(TimeSpan.FromSeconds(20));

        // The generation is known by now, so that one call is all of a read.
        _store.OnGet = _ =>
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(3));
            return Task.CompletedTask;
        };
        for (int i = 0; i < 3; i++)
            Assert.NotNull(await _rig.ReadAsync(version, 0, Chunk));

        Assert.Equal(TimeSpan.FromMilliseconds(3), version.ExpectedTime(Chunk));
        Assert.Equal(TimeSpan.FromMilliseconds(6), version.ExpectedTime(9 * Chunk));
        _rig.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(TimeSpan.Zero, version.ExpectedTime(Chunk));
    }

    [Fact]
    public async Task A_caller_that_gives_up_a_probe_leaves_it_to_the_next()
    {
        await _rig.FillAsync();
        ITierVersion version = _rig.StartTier().Open(DistributedRig.Identity)!;
        _store.OnGet = static _ => throw new IOException();
        Assert.Null(await _rig.ReadAsync(version));
        _rig.Time.Advance(TimeSpan.FromSeconds(5));

        var gate = new TaskCompletionSource();
        _store.OnGet = _ => gate.Task;
        using var cancellation = new CancellationTokenSource();
        Task<TierRun?> probe = version.ReadAsync(0, Chunk, cancellation.Token).AsTask();
        Assert.Null(await _rig.ReadAsync(version));
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.WaitAsync(FileRig.HangGuard));
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);

        gate.SetResult();
        _store.OnGet = null;
        Assert.Equal((0, Chunk), await _rig.ReadAsync(version, 0, Chunk));
    }

    [Fact]
    public async Task Closing_waits_for_writes_two_seconds_at_most()
    {
        var never = new TaskCompletionSource();
        _rig.Options.ReadTimeout = TimeSpan.FromMinutes(1);
        _store.OnSet = _ => never.Task;
        DistributedTier tier = _rig.StartTier();
        tier.Open(DistributedRig.Identity)!.Offer(0, _rig.Content);
        Task closing = tier.DisposeAsync().AsTask();
        _rig.Time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        Assert.False(closing.IsCompleted);
        _rig.Time.Advance(TimeSpan.FromTicks(1));
        await closing.WaitAsync(FileRig.HangGuard);
        Assert.Null(tier.Open(DistributedRig.Identity));
        never.SetResult();
    }

    [Fact]
    public async Task Machines_that_read_and_write_and_evict_at_once_read_no_wrong_byte()
    {
        DistributedTier[] machines = [_rig.StartTier(), _rig.StartTier(), _rig.StartTier(), _rig.StartTier()];
        await Task.WhenAll(machines.Select((tier, number) => Task.Run(async () =>
        {
            var random = new Random(number);
            ITierVersion version = tier.Open(DistributedRig.Identity)!;
            for (int i = 0; i < 300; i++)
            {
                int start = random.Next(11) * Chunk;
                version.Offer(start, _rig.Content.AsSpan(start, Math.Min(random.Next(1, 4) * Chunk, Length - start)));
                await _rig.ReadAsync(version, random.Next(Length));
                if (i % 50 == number)
                    await tier.EvictAsync(DistributedRig.CacheKey, default);
            }
        }))).WaitAsync(FileRig.HangGuard);
        Assert.All(machines, static tier => Assert.Equal((0L, 0L), (tier.Counters.Rejected, tier.Counters.Failed)));
    }

    [GeneratedRegex("^hctef:1:[gcmt]:[A-Za-z0-9_-]{43}$")]
    private static partial Regex KeyPattern();
}
