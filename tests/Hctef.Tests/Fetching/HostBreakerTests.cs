using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

public sealed class HostBreakerTests
{
    private const int MostFailures = 5;

    private readonly ManualTimeProvider _time = new();
    private readonly HostBreaker _breaker;

    public HostBreakerTests() => _breaker = new HostBreaker(MostFailures, _time);

    [Fact]
    public void C5_a_file_that_fails_for_ever_is_left_alone()
    {
        Fail(0, MostFailures);
        Assert.False(_breaker.TryEnter(File(0), out _));
    }

    [Fact]
    public void C5_other_files_are_asked_while_few_have_failed()
    {
        Fail(0, MostFailures);
        for (int other = 1; other <= 3; other++)
        {
            Assert.True(_breaker.TryEnter(File(other), out BreakerPass pass));
            _breaker.Failed(pass, File(other));
            Assert.False(_breaker.TryEnter(File(other), out _));
        }

        Assert.False(_breaker.TryEnter(File(4), out _));
    }

    [Fact]
    public void C5_one_answer_forgets_all_failures()
    {
        Fail(0, MostFailures);
        Assert.True(_breaker.TryEnter(File(1), out _));
        _breaker.Answered();
        Fail(0, MostFailures);
        Assert.False(_breaker.TryEnter(File(0), out _));
    }

    [Fact]
    public void A_refused_burst_is_one_failure()
    {
        for (int i = 0; i < MostFailures - 1; i++)
        {
            BreakerPass[] burst = [.. Enumerable.Range(0, 64).Select(_ => Enter(0))];
            Array.ForEach(burst, pass => _breaker.Failed(pass, File(0)));
        }

        Fail(0, 1);
        Assert.False(_breaker.TryEnter(File(0), out _));
    }

    [Fact]
    public void After_the_rest_one_probe_goes_out_at_a_time()
    {
        Fail(0, MostFailures);
        _time.Advance(HctefDefaults.HostRest - TimeSpan.FromTicks(1));
        Assert.False(_breaker.TryEnter(File(0), out _));
        _time.Advance(TimeSpan.FromTicks(1));
        BreakerPass probe = Enter(0);
        Assert.False(_breaker.TryEnter(File(0), out _));

        _breaker.Failed(probe, File(0));
        Assert.False(_breaker.TryEnter(File(0), out _));
        _time.Advance(HctefDefaults.HostRest);
        probe = Enter(0);
        _breaker.Answered();
        Assert.Equal(0, Enter(0).Probe);
        Assert.NotEqual(0, probe.Probe);
    }

    [Fact]
    public void A_probe_that_is_given_up_leaves_its_place()
    {
        Fail(0, MostFailures);
        _time.Advance(HctefDefaults.HostRest);
        _breaker.GivenUp(Enter(0));
        Assert.NotEqual(0, Enter(0).Probe);
        Assert.False(_breaker.TryEnter(File(0), out _));
    }

    [Fact]
    public void A_probe_that_hangs_keeps_its_place_however_long()
    {
        Fail(0, MostFailures);
        _time.Advance(HctefDefaults.HostRest);
        Enter(0);
        _time.Advance(2 * HctefDefaults.HostFailureMemory);
        Assert.False(_breaker.TryEnter(File(0), out _));
    }

    [Fact]
    public void A_probe_of_the_past_does_not_end_the_one_of_now()
    {
        Fail(0, MostFailures);
        _time.Advance(HctefDefaults.HostRest);
        BreakerPass old = Enter(0);
        _breaker.Answered();
        Fail(0, MostFailures);
        _time.Advance(HctefDefaults.HostRest);
        Enter(0);

        _breaker.GivenUp(old);
        Assert.False(_breaker.TryEnter(File(0), out _));
    }

    [Fact]
    public void Who_comes_to_a_quiet_host_finds_nothing_remembered()
    {
        Fail(0, MostFailures);
        _time.Advance(HctefDefaults.HostFailureMemory + TimeSpan.FromTicks(1));
        Fail(0, MostFailures);
        Assert.False(_breaker.TryEnter(File(0), out _));
    }

    private static Uri File(int number) => new($"http://stub.test/{number}");

    private BreakerPass Enter(int file)
    {
        Assert.True(_breaker.TryEnter(File(file), out BreakerPass pass));
        return pass;
    }

    /// <summary>One failure after the other: each request is sent when the one before has failed.</summary>
    private void Fail(int file, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _breaker.Failed(Enter(file), File(file));
        }
    }
}
