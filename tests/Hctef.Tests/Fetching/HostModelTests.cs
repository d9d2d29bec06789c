using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>What is concluded from how fast replies came.</summary>
public sealed class HostModelTests
{
    private const int MiB = 1 << 20;

    private readonly ManualTimeProvider _time = new();
    private readonly HostModel _model;

    public HostModelTests() => _model = new HostModel(_time);

    [Fact]
    public void Until_it_is_measured_the_host_is_assumed_to_be_an_ordinary_one()
    {
        _model.AddFirstByte(TimeSpan.Zero);
        Bring(MiB, TimeSpan.Zero);

        Assert.Equal((null, null, null), (_model.MeasuredLatency, _model.MeasuredBytesPerSecond, _model.TailLatency));
        Assert.Equal(HctefDefaults.AssumedLatency, _model.Latency);
        Assert.Equal(HctefDefaults.AssumedBytesPerSecond, _model.BytesPerSecond);
        Assert.Equal((500_000, 2_000_000, 65_536), (_model.GapBytes, _model.PieceBytes, _model.DrainBytes));
    }

    [Fact]
    public void Latency_is_that_of_replies_on_open_connections()
    {
        _model.AddFirstByte(Ms(20));
        Assert.Equal(Ms(20), _model.Latency);
        foreach (int ms in new[] { 22, 10, 10, 21, 10, 23 })
        {
            _model.AddFirstByte(Ms(ms));
        }

        Assert.Equal(Ms(10), _model.Latency);
    }

    [Fact]
    public void The_tail_is_told_from_twenty_replies_on()
    {
        for (int i = 1; i < HostModel.MinSamplesOfTail; i++)
        {
            _model.AddFirstByte(Ms(i));
            Assert.Null(_model.TailLatency);
        }

        _model.AddFirstByte(Ms(HostModel.MinSamplesOfTail));
        Assert.Equal(Ms(19), _model.TailLatency);
    }

    [Fact]
    public void Sixty_four_replies_are_remembered()
    {
        _model.AddFirstByte(Ms(1));
        Add(63, Ms(50));
        _model.AddFirstByte(Ms(50));
        Add(11, Ms(1));
        Assert.Equal(Ms(50), _model.Latency);
        Add(2, Ms(1));
        Assert.Equal(Ms(1), _model.Latency);
        Add(64, Ms(70));
        Assert.Equal((Ms(70), Ms(70)), (_model.Latency, _model.TailLatency));
    }

    [Fact]
    public void Replies_of_more_than_a_minute_ago_are_forgotten_when_another_comes()
    {
        Add(30, Ms(10));
        _time.Advance(TimeSpan.FromSeconds(60));
        _model.AddFirstByte(Ms(80));
        Assert.Equal(Ms(10), _model.Latency);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(Ms(10), _model.Latency);

        _model.AddFirstByte(Ms(90));
        Assert.Equal(Ms(80), _model.Latency);
        Assert.Null(_model.TailLatency);
    }

    [Fact]
    public void Bytes_per_second_are_those_of_the_median_body()
    {
        Bring(MiB, Ms(50));
        Assert.Equal(MiB * 20.0, _model.BytesPerSecond);
        Bring(MiB, TimeSpan.FromTicks(1));
        Bring(MiB, Ms(50));
        Bring(MiB, Ms(5000));
        Bring(MiB, Ms(50));

        Assert.Equal(MiB * 20.0, _model.BytesPerSecond);
    }

    [Fact]
    public void Bodies_of_more_than_a_minute_ago_are_forgotten_when_another_comes()
    {
        for (int i = 0; i < 16; i++)
        {
            Bring(MiB, Ms(10));
        }

        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(MiB * 100.0, _model.BytesPerSecond);
        Bring(MiB, Ms(100));

        Assert.Equal(MiB * 10.0, _model.BytesPerSecond);
    }

    [Fact]
    public void How_fast_other_numbers_of_bodies_were_is_forgotten_after_ten_minutes()
    {
        Bring(MiB, Ms(10));
        _time.Advance(TimeSpan.FromMinutes(9));
        BringAtOnce(16, MiB, Ms(160));
        Assert.Equal(MiB * 100.0, _model.BytesPerSecond);
        Assert.False(_model.RatesGrowWith(16));

        // The host has become slow for all: that it was fast for one says nothing against more.
        _time.Advance(TimeSpan.FromMinutes(1));
        BringAtOnce(16, MiB, Ms(160));
        Assert.Equal(MiB * 6.25, _model.BytesPerSecond);
        Assert.Null(_model.RatesGrowWith(16));
    }

    [Fact]
    public void A_body_that_tells_nothing_is_not_counted()
    {
        Bring(HostModel.MinBodyBytes - 1, Ms(1));
        _model.BeginBody().End(MiB, isMeasure: false);
        BodyTime paused = _model.BeginBody();
        _time.Advance(Ms(10));
        paused.End(MiB, isMeasure: false);
        Assert.Null(_model.MeasuredBytesPerSecond);

        Bring(HostModel.MinBodyBytes, Ms(1));
        Assert.NotNull(_model.MeasuredBytesPerSecond);
    }

    [Fact]
    public void Rates_are_kept_by_how_many_bodies_come_at_once()
    {
        Bring(MiB, Ms(10));
        BringAtOnce(8, MiB, Ms(80));
        Assert.Equal(MiB * 100.0, _model.BytesPerSecond);

        BodyTime[] seven = [.. Enumerable.Range(0, 7).Select(_ => _model.BeginBody())];
        Assert.Equal(MiB * 12.5, _model.BytesPerSecond);
        Array.ForEach(seven, static body => body.End(0, isMeasure: false));
        Assert.Equal(MiB * 100.0, _model.BytesPerSecond);
    }

    [Fact]
    public void How_many_come_at_once_is_their_average_over_the_body()
    {
        // Three quarters of the time alone, the rest one of nine: three on average.
        Bring(MiB, Ms(10));
        BodyTime body = _model.BeginBody();
        _time.Advance(Ms(30));
        BodyTime[] others = [.. Enumerable.Range(0, 8).Select(_ => _model.BeginBody())];
        _time.Advance(Ms(10));
        Array.ForEach(others, static other => other.End(0, isMeasure: false));
        body.End(MiB, isMeasure: true);

        BodyTime[] two = [_model.BeginBody(), _model.BeginBody()];
        Assert.Equal(MiB * 25.0, _model.BytesPerSecond);
        Array.ForEach(two, static other => other.End(0, isMeasure: false));
    }

    [Fact]
    public void Of_a_number_that_is_not_known_the_nearest_known_counts()
    {
        BringAtOnce(16, MiB, Ms(100));
        Assert.Equal(MiB * 10.0, _model.BytesPerSecond);
        BringAtOnce(2, MiB, Ms(10));
        Assert.Equal(MiB * 100.0, _model.BytesPerSecond);
    }

    [Theory]
    [InlineData(10, 10, true)]
    [InlineData(10, 15, true)]
    [InlineData(10, 30, false)]
    [InlineData(10, 160, false)]
    public void More_bodies_bring_more_where_each_stays_nearly_as_fast(int aloneMs, int amongSixteenMs, bool expected)
    {
        Assert.Null(_model.RatesGrowWith(16));
        BringAtOnce(16, MiB, Ms(amongSixteenMs));
        Assert.Null(_model.RatesGrowWith(16));
        Bring(MiB, Ms(aloneMs));

        Assert.Equal(expected, _model.RatesGrowWith(16));
        Assert.Equal(expected, _model.RatesGrowWith(64));
        Assert.Null(_model.RatesGrowWith(1));
    }

    [Theory]
    [InlineData(10, 12, 15, true)]
    [InlineData(10, 12, 24, false)]
    [InlineData(5, 20, 20, false)]
    public void More_bodies_bring_more_only_if_that_holds_against_every_smaller_number(int aloneMs, int amongSixteenMs, int amongManyMs, bool expected)
    {
        Bring(MiB, Ms(aloneMs));
        BringAtOnce(16, MiB, Ms(amongSixteenMs));
        BringAtOnce(32, MiB, Ms(amongManyMs));

        Assert.Equal(expected, _model.RatesGrowWith(32));
    }

    [Theory]
    [InlineData(1, 1000, 16 * 1024, 256 * 1024, 64 * 1024)]
    [InlineData(100, 10, 4 * MiB, 8 * MiB, MiB)]
    [InlineData(10, 40, 262_144, MiB, 262_144)]
    public void Gap_piece_and_drain_follow_latency_and_rate_within_bounds(int latencyMs, int mebibyteMs, long gap, long piece, long drain)
    {
        _model.AddFirstByte(Ms(latencyMs));
        Assert.Equal(64 * 1024, _model.DrainBytes);
        Bring(MiB, Ms(mebibyteMs));

        Assert.Equal((gap, piece, drain), (_model.GapBytes, _model.PieceBytes, _model.DrainBytes));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private void Add(int times, TimeSpan firstByte)
    {
        for (int i = 0; i < times; i++)
        {
            _model.AddFirstByte(firstByte);
        }
    }

    private void Bring(long bytes, TimeSpan time) => BringAtOnce(1, bytes, time);

    private void BringAtOnce(int bodies, long bytes, TimeSpan time)
    {
        BodyTime[] all = [.. Enumerable.Range(0, bodies).Select(_ => _model.BeginBody())];
        _time.Advance(time);
        Array.ForEach(all, body => body.End(bytes, isMeasure: true));
    }
}
