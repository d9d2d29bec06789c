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
    public async Task What_a_tier_puts_off_is_offered_from_memory_as_long_as_that_has_some_to_spare()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 48);
        _fast.PutsOff = true;
        await ReadAsync(file, 0, 4 * B);
        Assert.Empty(_fast.Offers);

        _fast.Drained!();

        Assert.Equal([(0, 4 * B)], Joined(_fast));
        for (int block = 4; block < 48; block += 4)
        {
            await ReadAsync(file, block * B, 4 * B);
        }

        // Three quarters of the memory are 36 blocks.
        Assert.Equal([(0, 4 * B), (32 * B, 48 * B)], Joined(_fast));
    }

    [Fact]
    public async Task What_does_not_stay_in_memory_is_not_put_off()
    {
        RemoteFile file = await OpenAsync(cacheBlocks: 48);
        _fast.PutsOff = true;

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
