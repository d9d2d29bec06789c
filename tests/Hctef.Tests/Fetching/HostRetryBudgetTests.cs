using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

public sealed class HostRetryBudgetTests
{
    private const int Reserve = 10;

    private readonly ManualTimeProvider _time = new();
    private readonly HostRetryBudget _budget;

    public HostRetryBudgetTests() => _budget = new HostRetryBudget(Reserve, _time);

    [Fact]
    public void C5_a_quiet_host_has_the_reserve()
    {
        _budget.CountRequest();
        Assert.Equal(Reserve, SpendAll());
    }

    [Theory]
    [InlineData(1000, 200)]
    [InlineData(51, 11)]
    [InlineData(50, Reserve)]
    public void C5_a_fifth_of_the_first_requests_may_be_repeated(int first, int retries)
    {
        Send(first);
        Assert.Equal(retries, SpendAll());
        Assert.Equal(0, SpendAll());
    }

    [Fact]
    public void What_was_spent_is_forgotten_with_its_window()
    {
        Assert.Equal(Reserve, SpendAll());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, SpendAll());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Reserve, SpendAll());
    }

    [Fact]
    public void A_long_pause_forgets_all()
    {
        Send(1000);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Reserve, SpendAll());
    }

    [Fact]
    public void Requests_of_the_half_before_still_earn()
    {
        Send(1000);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, SpendAll());
    }

    private void Send(int requests)
    {
        for (int i = 0; i < requests; i++)
        {
            _budget.CountRequest();
        }
    }

    /// <summary>Spends what there is; each retry is sent at once.</summary>
    private int SpendAll()
    {
        int spent = 0;
        while (_budget.TrySpend())
        {
            _budget.CountRequest();
            spent++;
        }

        return spent;
    }
}
