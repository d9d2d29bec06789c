using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

public sealed class RunHistoryTests
{
    private const long Longest = 1_000_000;

    private readonly RunHistory _history = new();

    [Fact]
    public void Nothing_is_expected_before_two_runs_have_ended()
    {
        Assert.Equal(0, _history.ExpectedBytes);
        _history.Add(1000, Longest, 0, 0);
        Assert.Equal(0, _history.ExpectedBytes);
        _history.Add(1000, Longest, 0, 0);
        Assert.Equal(1000, _history.ExpectedBytes);
    }

    [Fact]
    public void It_follows_the_latest_runs()
    {
        _history.Add(10, Longest, 0, 0);
        for (int i = 0; i < 20; i++)
        {
            _history.Add(5000, Longest, 0, 0);
        }

        Assert.InRange(_history.ExpectedBytes, 4990, 5100);
    }

    [Fact]
    public void Where_runs_differ_most_of_them_are_shorter_than_expected()
    {
        var random = new Random(11);
        int longer = 0;
        for (int i = 0; i < 1000; i++)
        {
            long length = random.Next(64, 256);
            longer += i > 10 && length > _history.ExpectedBytes ? 1 : 0;
            _history.Add(length, Longest, 0, 0);
        }

        Assert.InRange(longer, 0, 200);
        Assert.InRange(_history.ExpectedBytes, 160, 400);
    }

    [Fact]
    public void A_very_long_run_is_soon_forgotten()
    {
        _history.Add(1L << 40, Longest, 0, 0);
        for (int i = 0; i < 20; i++)
        {
            _history.Add(100, Longest, 0, 0);
        }

        Assert.InRange(_history.ExpectedBytes, 100, 5000);
    }

    [Fact]
    public void What_was_fetched_ahead_for_nothing_makes_the_next_windows_smaller_and_use_makes_them_larger()
    {
        _history.Add(100, Longest, ahead: 1000, unread: 900);
        Assert.Equal(0.5, _history.Trust);
        _history.Add(100, Longest, ahead: 1000, unread: 900);
        Assert.Equal(0.25, _history.Trust);
        _history.Add(100, Longest, ahead: 0, unread: 0);
        Assert.Equal(0.25, _history.Trust);
        _history.Add(100, Longest, ahead: 1000, unread: 100);
        Assert.Equal(0.5, _history.Trust);
    }
}
