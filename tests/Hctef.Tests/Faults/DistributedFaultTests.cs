using Hctef.Caching.Distributed;
using Hctef.Caching.Tiers;
using Hctef.Tests.Caching.Distributed;
using Hctef.Tests.Files;

namespace Hctef.Tests.Faults;

/// <summary>A store that several machines share only ever saves time: it may die, hang, lie and forget.</summary>
public sealed class DistributedFaultTests : IDisposable
{
    private const int Chunk = DistributedRig.Chunk;

    private static readonly (long, long) WholeRead = (0, 8 * Chunk);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly BufferTestStore _store = new();
    private readonly DistributedRig _rig;

    public DistributedFaultTests() => _rig = new DistributedRig(_store);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task K1_a_dead_store_is_asked_once_per_rest()
    {
        _store.OnGet = static _ => throw new InvalidOperationException("host=secret.example");
        ITierVersion version = _rig.StartTier().Open(DistributedRig.Identity)!;
        TimeSpan rest = Rest;
        for (int asked = 1; asked <= 6; asked++)
        {
            for (int i = 0; i < 20; i++)
                Assert.Null(await _rig.ReadAsync(version));

            Assert.Equal(asked, _store.Gets);
            _rig.Time.Advance(rest);
            rest = TimeSpan.FromSeconds(Math.Min(60, rest.TotalSeconds * 2));
        }

        Assert.Equal(1, _rig.CountEvents(45));
        Assert.DoesNotContain(_rig.Logs.Lines, static line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task K1_a_store_that_dies_and_comes_back_is_read_again()
    {
        await _rig.FillAsync();
        DistributedTier tier = _rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;
        Assert.Equal(WholeRead, await _rig.ReadAsync(version));

        _store.OnGet = static _ => throw new IOException();
        Assert.Null(await _rig.ReadAsync(version));
        _store.OnGet = null;
        Assert.Null(await _rig.ReadAsync(version));

        _rig.Time.Advance(Rest);
        Assert.Equal(WholeRead, await _rig.ReadAsync(version));
        Assert.Equal((1, 1), (_rig.CountEvents(45), _rig.CountEvents(46)));
        Assert.Equal(1, tier.Counters.Failed);
    }

    [Fact]
    public async Task K2_a_first_call_that_blocks_its_thread_costs_one_soft_timeout()
    {
        await _rig.FillAsync();
        using var blocked = new ManualResetEventSlim();
        _store.OnGet = _ =>
        {
            blocked.Wait(FileRig.HangGuard);
            return Task.CompletedTask;
        };
        int before = _store.Gets;
        ITierVersion version = _rig.StartTier().Open(DistributedRig.Identity)!;
        Task<(long, long)?> first = _rig.ReadAsync(version);
        Assert.False(first.IsCompleted);
        _rig.Time.Advance(ReadTimeout);
        Assert.Null(await first);

        for (int i = 0; i < 100; i++)
            Assert.Null(await _rig.ReadAsync(version));
        blocked.Set();
        _store.OnGet = null;
        _rig.Time.Advance(Rest);
        Assert.Equal(WholeRead, await _rig.ReadAsync(version));

        // One generation that was late, which may not even have begun; another one, and eight chunks.
        Assert.InRange(_store.Gets - before, 9, 10);
    }

    [Fact]
    public async Task K2_chunks_that_come_late_are_left_and_those_that_came_are_taken()
    {
        await _rig.FillAsync();
        DistributedTier tier = _rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;
        Assert.Equal((0, Chunk), await _rig.ReadAsync(version, 0, Chunk));

        var late = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _store.OnGet = _ =>
        {
            asked.TrySetResult();
            return late.Task;
        };
        Task<(long, long)?> read = _rig.ReadAsync(version, 0, Chunk);
        await asked.Task.WaitAsync(FileRig.HangGuard);
        _rig.Time.Advance(ReadTimeout);
        Assert.Null(await read);
        late.SetResult();

        Assert.Null(await _rig.ReadAsync(version));
        _rig.Time.Advance(Rest);
        Assert.Equal(WholeRead, await _rig.ReadAsync(version));
        Assert.Equal(1, tier.Counters.Failed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(DistributedRig.Secret)]
    public async Task K3_no_byte_of_a_value_changes_unseen(string? secret)
    {
        _rig.Options.HmacKey = secret;
        var small = new VersionIdentity(DistributedRig.CacheKey, "p", "\"v1\"", 200);
        await _rig.FillAsync(small, _rig.Content[..200]);
        string key = Assert.Single(_store.KeysOf('c'));
        byte[] right = _store.Values[key];
        DistributedTier tier = _rig.StartTier();
        ITierVersion version = tier.Open(small)!;
        for (int i = 0; i < right.Length; i++)
        {
            byte[] wrong = [.. right];
            wrong[i] ^= (byte)(1 << (i % 8));
            _store.Values[key] = wrong;
            Assert.Null(await _rig.ReadAsync(version, 0, 200));
        }

        Assert.Equal(right.Length, tier.Counters.Rejected);
        _store.Values[key] = right;
        Assert.Equal((0, 200), await _rig.ReadAsync(version, 0, 200));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(87)]
    [InlineData(88)]
    [InlineData(1000)]
    public async Task K3_a_truncated_value_is_a_miss(int length)
    {
        await _rig.FillAsync();
        foreach (string key in _store.KeysOf('c'))
            _store.Values[key] = [.. _store.Values[key].Take(length)];

        DistributedTier tier = _rig.StartTier();
        Assert.Null(await _rig.ReadAsync(tier.Open(DistributedRig.Identity)!));
        Assert.Equal(8, tier.Counters.Rejected);
    }

    [Fact]
    public async Task K3_a_value_in_the_place_of_another_is_a_miss()
    {
        await _rig.FillAsync(DistributedRig.Identity with { Partition = "other tenant" }, DistributedRig.ContentOf(2));
        byte[] foreign = _store.Values[_store.KeysOf('c')[0]];
        await _rig.FillAsync();
        foreach (string key in _store.KeysOf('c'))
            _store.Values[key] = foreign;

        DistributedTier tier = _rig.StartTier();
        Assert.Null(await _rig.ReadAsync(tier.Open(DistributedRig.Identity)!));
        Assert.Equal(8, tier.Counters.Rejected);
    }

    [Fact]
    public void K3_what_is_signed_by_another_secret_or_none_is_not_taken()
    {
        var address = new RecordAddress(RecordKind.Chunk, [1, 2, 3], 7, 5);
        byte[] payload = [1, 2, 3, 4, 5];
        var own = new RecordFormat(new StoreKeys(DistributedRig.Secret));
        Assert.True(own.TryOpen(address, 9, Record(own), out ReadOnlyMemory<byte> opened));
        Assert.Equal(payload, opened.ToArray());
        Assert.False(own.TryOpen(address, 9, Record(new RecordFormat(new StoreKeys(null))), out _));
        Assert.False(own.TryOpen(address, 9, Record(new RecordFormat(new StoreKeys(Convert.ToBase64String(new byte[16])))), out _));
        Assert.False(own.TryOpen(address, 10, Record(own), out _));
        Assert.False(own.TryOpen(address with { Index = 8 }, 9, Record(own), out _));
        Assert.False(own.TryOpen(address with { Kind = RecordKind.Generation }, 9, Record(own), out _));

        byte[] Record(RecordFormat format) => [.. format.HeaderOf(address, 9, payload), .. payload];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task K4_a_value_that_is_too_large_is_a_miss_and_no_failure(bool buffers)
    {
        TestStore store = buffers ? new BufferTestStore() : new TestStore();
        using var rig = new DistributedRig(store);
        await rig.FillAsync();
        foreach (string key in store.KeysOf('c'))
            store.Values[key] = new byte[1 << 20];

        DistributedTier tier = rig.StartTier();
        ITierVersion version = tier.Open(DistributedRig.Identity)!;
        Assert.Null(await rig.ReadAsync(version));
        Assert.Null(await rig.ReadAsync(version));
        Assert.Equal((16L, 0L), (tier.Counters.Rejected, tier.Counters.Failed));
    }

    [Fact]
    public async Task K4_chunks_that_are_evicted_behind_their_metadata_are_a_miss()
    {
        DistributedTier writer = _rig.StartTier();
        writer.Versions.Remember(
            DistributedRig.CacheKey, "a", new SharedVersion { Length = DistributedRig.Length, Partition = writer.Versions.DigestOf("p") });
        await writer.DisposeAsync();
        await _rig.FillAsync();
        DistributedTier tier = _rig.StartTier();
        Assert.NotNull(await tier.Versions.FindAsync(DistributedRig.CacheKey, "a", default));
        Array.ForEach(_store.KeysOf('c'), key => _store.Values.TryRemove(key, out _));
        Assert.Null(await _rig.ReadAsync(tier.Open(DistributedRig.Identity)!));
        Assert.Equal(0, tier.Counters.Failed);
    }

    [Fact]
    public async Task K5_an_old_snapshot_holds_nothing_of_a_new_version()
    {
        await _rig.FillAsync(DistributedRig.Identity with { Validator = "\"v0\"" }, DistributedRig.ContentOf(2));
        KeyValuePair<string, byte[]>[] snapshot = [.. _store.Values];
        await _rig.FillAsync();
        Assert.Equal(WholeRead, await _rig.ReadAsync(_rig.StartTier().Open(DistributedRig.Identity)!));

        _store.Values.Clear();
        Array.ForEach(snapshot, pair => _store.Values[pair.Key] = pair.Value);
        Assert.Null(await _rig.ReadAsync(_rig.StartTier().Open(DistributedRig.Identity)!));
    }

    [Fact]
    public async Task K6_what_is_written_together_does_not_end_together()
    {
        _rig.Options.TimeToLive = TimeSpan.FromHours(1);
        await _rig.FillAsync();
        TimeSpan[] lives = [.. _store.KeysOf('c').Select(key => _store.Expirations[key].AbsoluteExpirationRelativeToNow!.Value)];
        Assert.All(lives, static life => Assert.InRange(life, TimeSpan.FromMinutes(54), TimeSpan.FromMinutes(60)));
        Assert.True(lives.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task K7_a_write_that_fails_or_hangs_holds_up_no_read(bool hangs)
    {
        await _rig.FillAsync();
        var never = new TaskCompletionSource();
        var writing = new TaskCompletionSource();
        _store.OnSet = _ =>
        {
            writing.TrySetResult();
            return hangs ? never.Task : throw new IOException();
        };
        DistributedTier tier = _rig.StartTier();
        tier.Open(DistributedRig.Identity with { Validator = "\"v2\"" })!.Offer(0, _rig.Content.AsSpan(0, Chunk));
        await writing.Task.WaitAsync(FileRig.HangGuard);
        ITierVersion version = tier.Open(DistributedRig.Identity)!;
        Assert.Equal(WholeRead, await _rig.ReadAsync(version));

        Task closing = tier.DisposeAsync().AsTask();
        _rig.Time.Advance(10 * ReadTimeout);
        await closing.WaitAsync(FileRig.HangGuard);
        Assert.Equal((Chunk, 1L), (tier.Counters.BytesDropped, tier.Counters.Failed));
        Assert.Equal(WholeRead, await _rig.ReadAsync(version));
        never.SetResult();
    }
}
