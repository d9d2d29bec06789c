using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>How the number of permits follows what the host makes of them.</summary>
public sealed class ConcurrencyLimitTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(26);

    private readonly ManualTimeProvider _time = new();
    private readonly HostModel _model;

    public ConcurrencyLimitTests() => _model = new HostModel(_time);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(8, 8, 6)]
    [InlineData(16, 16, 14)]
    [InlineData(64, 16, 14)]
    public void It_starts_at_sixteen_or_the_most_with_two_kept_for_demand(int most, int expected, int background)
    {
        ConcurrencyLimit limit = Create(most);
        Assert.Equal((expected, background), (limit.Current, limit.MostBackground));
    }

    [Fact]
    public void It_doubles_with_every_round_that_others_waited_in()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 16);
        Assert.Equal(32, limit.Current);
        Answer(limit, 32);
        Assert.Equal(64, limit.Current);
        Answer(limit, 100);
        Assert.Equal(64, limit.Current);
    }

    [Fact]
    public void Replies_from_before_a_push_back_let_nothing_grow()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 48);
        int before = limit.Epoch;
        limit.PushedBack(before);
        for (int i = 0; i < 200; i++)
        {
            limit.Answered(Soon, 4096, isShort: true, before, underWay: 1);
        }

        Assert.Equal(32, limit.Current);
        Answer(limit, 32);
        Assert.Equal(33, limit.Current);
    }

    [Fact]
    public void It_stays_while_nobody_waits()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 200, isShort: false);
        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public void Long_bodies_let_it_grow_only_once_more_of_them_are_known_to_bring_more()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 20, bytes: 1 << 20);
        BringAtOnce(16, TimeSpan.FromMilliseconds(25));
        Answer(limit, 20, bytes: 1 << 20);
        Assert.Equal(16, limit.Current);

        BringAtOnce(1, TimeSpan.FromMilliseconds(25));
        Answer(limit, 1, bytes: 1 << 20);
        Assert.Equal(17, limit.Current);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(1)]
    public void A_link_that_is_full_lets_nothing_grow(long bytes)
    {
        BringAtOnce(1, TimeSpan.FromMilliseconds(20));
        BringAtOnce(16, TimeSpan.FromMilliseconds(320));
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 200, bytes: bytes);

        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public void From_a_single_permit_it_comes_back_also_where_all_bodies_are_long()
    {
        ConcurrencyLimit limit = Create(most: 64);
        while (limit.Current > 1)
        {
            limit.PushedBack(limit.Epoch);
        }

        BringAtOnce(1, TimeSpan.FromMilliseconds(25));
        Answer(limit, 2, bytes: 1 << 20);
        Assert.Equal(2, limit.Current);
    }

    [Fact]
    public void A_burst_of_push_backs_halves_it_once()
    {
        ConcurrencyLimit limit = Create(most: 64);
        int before = limit.Epoch;
        for (int i = 0; i < 16; i++)
        {
            limit.PushedBack(before);
        }

        Assert.Equal(8, limit.Current);
        for (int expected = 4; expected > 0; expected /= 2)
        {
            limit.PushedBack(limit.Epoch);
            Assert.Equal(expected, limit.Current);
        }

        limit.PushedBack(limit.Epoch);
        Assert.Equal((1, 1), (limit.Current, limit.MostBackground));
    }

    [Fact]
    public void After_a_push_back_it_grows_by_one_a_round()
    {
        ConcurrencyLimit limit = Create(most: 64);
        limit.PushedBack(limit.Epoch);
        Answer(limit, 7);
        Assert.Equal(8, limit.Current);
        Answer(limit, 1);
        Assert.Equal(9, limit.Current);
        Answer(limit, 9);
        Assert.Equal(10, limit.Current);
    }

    [Fact]
    public void It_is_pushed_back_until_a_row_of_answers_has_come()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Assert.False(limit.IsPushedBack);
        limit.PushedBack(limit.Epoch);
        Answer(limit, 31, isShort: false);
        Assert.True(limit.IsPushedBack);
        limit.PushedBack(limit.Epoch - 1);
        Answer(limit, 31, isShort: false);
        Assert.True(limit.IsPushedBack);
        Answer(limit, 1, isShort: false);
        Assert.False(limit.IsPushedBack);
    }

    [Fact]
    public void Two_rounds_of_late_replies_halve_it_and_the_first_stops_it()
    {
        ConcurrencyLimit limit = Create(most: 16);
        Answer(limit, 16);
        Answer(limit, 16, Late);
        Assert.Equal(16, limit.Current);
        Answer(limit, 15, Late);
        Assert.Equal(16, limit.Current);
        Answer(limit, 1, Late);
        Assert.Equal(8, limit.Current);
        Answer(limit, 16, Late);
        Answer(limit, 100, Late);
        Assert.Equal(4, limit.Current);

        // The late round that is under way ends first.
        Answer(limit, 8, Soon);
        Answer(limit, 8, Soon);
        Assert.Equal(6, limit.Current);
    }

    [Fact]
    public void Replies_are_late_above_twice_the_least_median_and_five_milliseconds()
    {
        ConcurrencyLimit limit = Create(most: 16);
        Answer(limit, 16);
        Answer(limit, 200, TimeSpan.FromMilliseconds(25));
        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public void Some_late_replies_in_a_round_are_no_reason()
    {
        ConcurrencyLimit limit = Create(most: 16);
        for (int round = 0; round < 10; round++)
        {
            Answer(limit, 8);
            Answer(limit, 8, 10 * Late);
        }

        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public void Late_replies_while_nobody_waits_are_not_its_doing()
    {
        ConcurrencyLimit limit = Create(most: 16);
        Answer(limit, 16);
        Answer(limit, 200, Late, isShort: false);
        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public void Connections_that_are_new_may_be_late()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 16);
        Answer(limit, 32, Late);
        int grown = limit.Current;
        Assert.InRange(grown, 33, 64);
        Answer(limit, 200);
        Assert.Equal(64, limit.Current);
    }

    [Fact]
    public void A_host_that_has_become_slower_is_measured_anew_after_a_minute()
    {
        ConcurrencyLimit limit = Create(most: 16);
        Answer(limit, 16);
        for (int i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            Answer(limit, 16, Late, isShort: false);
        }

        Answer(limit, 200, Late);
        Assert.Equal(16, limit.Current);
    }

    [Fact]
    public void A_burst_over_new_connections_is_one_late_round()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 16, isShort: false, bytes: 1 << 20);
        for (int i = 0; i < 64; i++)
        {
            limit.Answered(3 * Soon, 1 << 20, isShort: true, limit.Epoch, underWay: 64);
        }

        Assert.Equal((16, 64), (limit.Current, limit.MostDemand));
    }

    [Fact]
    public void Replies_of_before_a_push_back_tell_nothing_of_the_load_since()
    {
        ConcurrencyLimit limit = Create(most: 64);
        Answer(limit, 16, isShort: false);
        limit.PushedBack(epoch: 0);
        for (int i = 0; i < 64; i++)
        {
            limit.Answered(Late, 4096, isShort: true, epoch: 0, underWay: 1);
        }

        Assert.Equal(1, limit.Epoch);
        Assert.True(limit.Current >= 8);
    }

    private static void Answer(ConcurrencyLimit limit, int times, TimeSpan? firstByte = null, bool isShort = true, long bytes = 4096)
    {
        for (int i = 0; i < times; i++)
        {
            limit.Answered(firstByte ?? Soon, bytes, isShort, limit.Epoch, underWay: 1);
        }
    }

    private ConcurrencyLimit Create(int most) => new(most, _model, _time);

    private void BringAtOnce(int bodies, TimeSpan time)
    {
        BodyTime[] all = [.. Enumerable.Range(0, bodies).Select(_ => _model.BeginBody())];
        _time.Advance(time);
        Array.ForEach(all, static body => body.End(1 << 20, isMeasure: true));
    }
}
