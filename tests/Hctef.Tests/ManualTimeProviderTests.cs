namespace Hctef.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_see_them()
    {
        var seen = new List<(string Name, TimeSpan At)>();
        DateTimeOffset start = _time.GetUtcNow();
        using ITimer late = Create("late", TimeSpan.FromSeconds(2));
        using ITimer soon = Create("soon", TimeSpan.FromSeconds(1));
        using ITimer never = Create("never", Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal([("soon", TimeSpan.FromSeconds(1)), ("late", TimeSpan.FromSeconds(2))], seen);
        Assert.Equal(TimeSpan.FromSeconds(3), _time.GetUtcNow() - start);

        ITimer Create(string name, TimeSpan due) =>
            _time.CreateTimer(_ => seen.Add((name, _time.GetUtcNow() - start)), null, due, Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void A_periodic_timer_fires_until_it_is_disposed()
    {
        int fired = 0;
        ITimer timer = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(3));
        timer.Dispose();
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(3, fired);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Delays_and_cancellation_sources_follow_the_clock()
    {
        Task delay = Task.Delay(TimeSpan.FromSeconds(5), _time);
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(delay.IsCompleted);
        Assert.False(source.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(0.1));
        await delay;
        Assert.True(source.IsCancellationRequested);
    }
}
