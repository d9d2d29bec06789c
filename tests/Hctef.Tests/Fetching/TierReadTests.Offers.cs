using Hctef.Caching.Tiers;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <content>What is offered to tiers, and when.</content>
public sealed partial class TierReadTests
{
    [Fact]
    public async Task What_the_origin_brings_is_offered_to_all_in_whole_blocks()
    {
        RemoteFile file = await OpenAsync();

        await ReadAsync(file, 5, 3 * B);
        await ReadAsync(file, Length - 10, 10);

        Assert.Equal([$"0-{4 * B}", $"{63 * B}-{Length}"], _origin.Ranges);
        Assert.Equal([(0, 4 * B), (63 * B, Length)], Joined(_fast));
        Assert.Equal([(0, 4 * B), (63 * B, Length)], Joined(_slow));
    }

    [Fact]
    public async Task What_a_slower_tier_brings_is_offered_to_the_faster()
    {
        RemoteFile file = await OpenAsync();
        Keep(_slow, 8, 4);

        await ReadAsync(file, 8 * B, 4 * B);

        Assert.Empty(_origin.Replies);
        Assert.Equal([(8 * B, 12 * B)], Joined(_fast));
        Assert.Empty(_slow.Offers);
    }

    [Theory]
    [InlineData(0, 30, 0)]
    [InlineData(100, 29, 1)]
    [InlineData((40 * B) + 1, 23, 41)]
    public async Task What_goes_past_the_memory_is_offered_in_whole_blocks(int offset, int blocks, int firstOffered)
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 0);
        int count = Math.Min(blocks * B, Length - offset);

        await ReadAsync(file, offset, count);

        int first = firstOffered * B;
        int end = offset + count == Length ? Length : (offset + count) / B * B;
        Assert.Equal([(first, end)], Joined(_fast));
        RemoteFile again = await _rig!.OpenAsync();
        _origin.Forget();
        await ReadAsync(again, first, end - first);
        Assert.Empty(_origin.Replies);
    }

    [Fact]
    public async Task What_a_tier_has_no_room_for_is_offered_again_from_memory()
    {
        RemoteFile file = await OpenAsync();
        _fast.HasNoRoom = true;
        await ReadAsync(file, 3 * B, 4 * B);
        await ReadAsync(file, Length - 10, 10);
        Assert.Empty(_fast.Offers);
        _fast.Drained!();
        Assert.Empty(_fast.Offers);

        _fast.HasNoRoom = false;
        _fast.Drained!();

        Assert.Equal([(3 * B, 7 * B), (63 * B, Length)], Joined(_fast));
        Assert.Equal([(3 * B, 7 * B), (63 * B, Length)], Joined(_slow));
        _fast.Drained!();
        Assert.Equal(2, _fast.Offers.Length);
    }

    [Fact]
    public async Task A_burst_stays_in_memory_until_readers_rest_and_is_offered_before_that_where_it_is_evicted()
    {
        var clock = new ManualTimeProvider();
        RemoteFile file = await OpenAsync(cacheBlocks: 48, clock: clock);
        _fast.PrefersCalm = true;
        await ReadInTurnAsync(file, 0, 40, step: 4);

        Assert.Empty(_fast.Offers);
        Assert.Equal([(0, 40 * B)], Joined(_slow));

        await ReadInTurnAsync(file, 40, 60, step: 4);

        Assert.Equal(_rig!.Cache.Evictions * B, _fast.Offers.Sum(static offer => offer.End - offer.Start));
        Assert.NotEmpty(_fast.Offers);
        clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([(0, 60 * B)], Joined(_fast));
        Assert.Equal(60 * B, _fast.Offers.Sum(static offer => offer.End - offer.Start));
    }

    [Fact]
    public async Task A_burst_into_full_memory_is_not_offered_before_readers_rest_either()
    {
        var clock = new ManualTimeProvider();
        RemoteFile file = await OpenAsync(cacheBlocks: 48, clock: clock);
        _fast.PrefersCalm = true;
        await ReadInTurnAsync(file, 0, 48, step: 4);

        clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([(0, 48 * B)], Joined(_fast));
        int offers = _fast.Offers.Length;

        await ReadInTurnAsync(file, 48, 60, step: 4);

        Assert.True(_rig!.Cache.Evictions > 0);
        Assert.Equal(offers, _fast.Offers.Length);
        clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([(0, 60 * B)], Joined(_fast));
    }

    [Fact]
    public async Task A_burst_is_offered_when_it_gives_way_to_a_file_that_no_tier_keeps()
    {
        var clock = new ManualTimeProvider();
        RemoteFile file = await OpenAsync(cacheBlocks: 48, clock: clock);
        _fast.PrefersCalm = true;
        await ReadInTurnAsync(file, 0, 40, step: 4);

        Assert.Empty(_fast.Offers);
        (_fast.KeepsNone, _slow.KeepsNone) = (true, true);
        using RemoteFile other = await _rig!.OpenAsync(new Uri("http://stub.test/other"));
        Assert.Null(other.Source.Tiers);

        await ReadInTurnAsync(other, 0, 60, step: 4);

        clock.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal([(0, 40 * B)], Joined(_fast));
    }

    [Fact]
    public async Task A_burst_that_is_left_in_memory_is_offered_before_the_tiers_are_closed()
    {
        RemoteFile file = await OpenAsync();
        _fast.PrefersCalm = true;
        await ReadAsync(file, 0, 4 * B);
        Assert.Empty(_fast.Offers);

        await _rig!.Engine.DisposeAsync();

        Assert.Equal([(0, 4 * B)], Joined(_fast));
        Assert.Equal(1, _fast.Disposals);
    }

    [Fact]
    public async Task What_is_left_in_memory_is_not_offered_once_the_file_was_evicted()
    {
        RemoteFile file = await OpenAsync();
        _fast.PrefersCalm = true;
        await ReadAsync(file, 0, 4 * B);
        file.Source.Tiers!.Close();

        await _rig!.Engine.DisposeAsync();

        Assert.Empty(_fast.Offers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_version_that_tiers_are_not_filled_with_any_more_nothing_is_kept_for_them(bool isEvicted)
    {
        var clock = new ManualTimeProvider();
        RemoteFile file = await OpenAsync(cacheBlocks: 16, clock: clock);
        _fast.PrefersCalm = true;
        await ReadAsync(file, 0, 2 * B);
        VersionTiers tiers = file.Source.Tiers!;
        Assert.True(tiers.AreWanted);
        if (isEvicted)
        {
            await _rig!.Engine.EvictAsync(["http://stub.test/file"], CancellationToken.None);
        }
        else
        {
            tiers.StopFilling();
        }

        Assert.False(tiers.AreWanted);
        for (int block = 2; block < 60; block += 2)
        {
            await ReadAsync(file, block * B, 2 * B);
            Assert.False(tiers.AreWanted);
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(_fast.Offers);
    }

    [Fact]
    public async Task Nothing_is_wanted_of_memory_once_all_was_offered()
    {
        var clock = new ManualTimeProvider();
        RemoteFile file = await OpenAsync(cacheBlocks: 16, clock: clock);
        _fast.PrefersCalm = true;
        await ReadInTurnAsync(file, 0, 32, step: 2);

        Assert.True(file.Source.Tiers!.AreWanted);

        clock.Advance(TimeSpan.FromMilliseconds(200));

        Assert.False(file.Source.Tiers!.AreWanted);
        Assert.Equal([(0, 32 * B)], Joined(_fast));
    }

    [Fact]
    public async Task What_does_not_stay_in_memory_is_offered_at_once()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 48);
        _fast.PrefersCalm = true;

        await using (RemoteFileStream stream = file.OpenStream(CursorCaching.Private))
        {
            await stream.ReadExactlyAsync(new byte[2 * B]).AsTask().WaitAsync(FetchRig.HangGuard);
        }

        await ReadAsync(file, 20 * B, 12 * B);

        Assert.Equal([(0, 2 * B), (20 * B, 32 * B)], Joined(_fast));
    }

    [Fact]
    public async Task What_has_left_the_memory_meanwhile_is_not()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 8);
        _fast.HasNoRoom = true;
        for (int block = 0; block < 40; block++)
        {
            await ReadAsync(file, block * B, B);
        }

        _fast.HasNoRoom = false;
        _fast.Drained!();

        Assert.InRange(_fast.Offers.Sum(static offer => offer.End - offer.Start), B, 8 * B);
        Assert.All(_fast.Offers, offer => Assert.True(_origin.Content.Matches(_fast.Kept(offer.Start), offer.Start)));
    }

    [Fact]
    public async Task Room_that_comes_while_an_offer_is_turned_down_is_used()
    {
        RemoteFile file = await OpenAsync();
        _fast.HasNoRoom = true;
        _fast.OnTurningDown = () =>
        {
            _fast.HasNoRoom = false;
            _fast.Drained!();
        };

        await ReadAsync(file, 3 * B, 2 * B);

        Assert.Equal([(3 * B, 5 * B)], Joined(_fast));
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_tier_that_throws_at_an_offer_keeps_no_reader_from_its_bytes()
    {
        RemoteFile file = await OpenAsync();
        _fast.HasNoRoom = true;
        _fast.OnTurningDown = static () => throw new InvalidOperationException("A tier never throws.");

        await ReadAsync(file, 3 * B, 2 * B);

        Assert.Equal([(3 * B, 5 * B)], Joined(_slow));
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task What_other_credentials_bring_into_memory_is_not_offered_in_the_place_of_what_was_turned_down()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 8);
        _fast.HasNoRoom = _slow.HasNoRoom = true;
        await ReadAsync(file, 0, B);
        for (int block = 16; block < 56; block++)
        {
            await ReadAsync(file, block * B, B);
        }

        _origin.OnSending = static request => request.Headers.TryAddWithoutValidation("Authorization", "Bearer another");
        _origin.Forget();
        await ReadAsync(file, 0, B);
        Assert.Equal([$"0-{B}"], _origin.Ranges);

        _fast.HasNoRoom = false;
        _fast.Drained!();

        Assert.DoesNotContain(_fast.Offers, static offer => offer.Start == 0);
        Assert.Contains(file.GetCachedRanges(), static range => range.Offset == 0);
    }
}
