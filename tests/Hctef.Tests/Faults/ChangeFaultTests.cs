using System.Net;
using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Faults;

/// <summary>A file that changes at its origin while it is open, and fails for it.</summary>
public sealed class ChangeFaultTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(options => options.Retry.BaseDelay = TimeSpan.FromMilliseconds(1));
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(Length, false)]
    [InlineData(Length, true)]
    [InlineData(Length + 5, false)]
    [InlineData(Length - Block, true)]
    public async Task D1_D2_another_version_fails_every_miss_and_what_is_cached_stays(int newLength, bool sync)
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        byte[] before = new byte[Block];
        await file.ReadAsync(before, 0, sync);
        _served.Update(version: 2, newLength);

        for (int i = 0; i < 2; i++)
            await Assert.ThrowsAsync<RemoteFileChangedException>(() => file.ReadAsync(new byte[Block], 5 * Block, sync));
        byte[] after = new byte[Block];
        Assert.Equal(Block, await file.ReadAsync(after, 0, sync));
        Assert.Equal(before, after);
        Assert.Equal($"0-{Block}", file.CachedText());
    }

    [Fact]
    public async Task D3_without_a_validator_a_change_of_equal_length_cannot_be_seen_and_nothing_is_kept()
    {
        _served.EntityTag = null;
        _served.LastModified = DateTimeOffset.UtcNow.AddHours(1);
        using (IRemoteFile file = await _rig.OpenColdAsync(_served))
        {
            Assert.Equal(RemoteFileConsistency.ThisOpenOnly, (await file.GetInfoAsync()).Consistency);
            await file.AssertReadsAsync(_served, 0, Block);
        }

        await _rig.ForgetAsync();
        using IRemoteFile again = await _rig.OpenColdAsync(_served);
        Assert.Empty(again.GetCachedRanges());
        await again.AssertReadsAsync(_served, 0, Block);
        Assert.Equal(["bytes=0-0", $"bytes=0-{Block - 1}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    public async Task D7_what_is_cached_of_a_file_that_is_gone_stays_readable_and_every_miss_fails(int status)
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        await file.AssertReadsAsync(_served, 0, Block);
        _served.StatusOverride = new StatusOverride(status);
        await _rig.ForgetAsync();

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => file.ReadAsync(new byte[10], 5 * Block, sync: false));
        Assert.Equal((HctefNetworkError.Status, (HttpStatusCode?)status, false), (failure.Error, failure.StatusCode, failure.IsTransient));
        Assert.Equal(1, _rig.Server.RequestCount);
        await file.AssertReadsAsync(_served, 0, Block);
        _served.StatusOverride = null;
        await file.AssertReadsAsync(_served, 5 * Block, Block);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task D10_a_prefetch_of_the_old_version_is_never_seen_by_the_new_one(bool sameLength)
    {
        using IRemoteFile old = await _rig.OpenColdAsync(_served);
        ResponseGate gate = _served.HoldAt(Block, request => request.Headers.ContainsKey("If-Match"));
        Task<long> prefetch = old.PrefetchAsync([new ByteRange(0, 4 * Block)]).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        _served.Update(version: 2, sameLength ? Length : 2 * Length);

        using IRemoteFile current = await _rig.OpenColdAsync(_served);
        gate.Release();
        await prefetch.WaitAsync(FileRig.HangGuard);
        Assert.Equal($"0-{4 * Block}", old.CachedText());
        Assert.Empty(current.GetCachedRanges());
        await current.AssertReadsAsync(_served, 0, 4 * Block);
        byte[] first = new byte[Block];
        await old.ReadExactlyAsync(first, 0);
        Assert.False(_served.Matches(first, 0));
    }

    [Fact]
    public async Task B7_a_retry_that_lands_on_another_version_is_not_spliced()
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        _served.BreakAt(2 * Block);
        ResponseGate gate = _served.HoldAt(Block, request => request.Headers.ContainsKey("If-Match"));
        Task<int> read = file.ReadAsync(new byte[4 * Block], 0, sync: false);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        _served.Update(version: 2, Length);
        gate.Release();

        await Assert.ThrowsAsync<RemoteFileChangedException>(() => read);
        byte[] cached = new byte[2 * Block];
        await file.ReadExactlyAsync(cached, 0);
        Assert.False(_served.Matches(cached.AsSpan(0, Block), 0));
        Assert.False(_served.Matches(cached.AsSpan(Block), Block));
    }
}
