using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>How many second requests a host may be sent.</summary>
public sealed class HedgeBudgetTests
{
    private readonly HedgeBudget _budget = new();

    [Fact]
    public void The_first_is_lent_and_then_paid_for()
    {
        Assert.True(_budget.TrySpend());
        Assert.False(_budget.TrySpend());
        Count(34 + 33);
        Assert.False(_budget.TrySpend());
        Count(1);
        Assert.True(_budget.TrySpend());
        Assert.False(_budget.TrySpend());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void They_are_never_more_than_three_in_a_hundred(int requests)
    {
        int hedges = 0;
        for (int i = 1; i <= requests; i++)
        {
            Count(1);
            hedges += _budget.TrySpend() ? 1 : 0;
            Assert.True(hedges <= Math.Max(1, 0.03 * i), $"{hedges} of {i}.");
        }

        Assert.InRange(hedges, 0.029 * requests, 0.03 * requests);
    }

    [Fact]
    public void Ten_can_be_saved_up()
    {
        Count(100_000);
        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => _budget.TrySpend()));
    }

    private void Count(int requests) => _budget.CountRequests(requests);
}
