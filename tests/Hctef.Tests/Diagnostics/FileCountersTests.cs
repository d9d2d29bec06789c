using Hctef.Diagnostics;
using Hctef.Tests.Caching;

namespace Hctef.Tests.Diagnostics;

/// <summary>Counts are exact, whether a thread has a stripe of its own or shares one.</summary>
public sealed class FileCountersTests
{
    private const int Rounds = 20_000;

    [Theory]
    [InlineData(4)]
    [InlineData(100)]
    public void No_hit_is_lost_between_threads(int threads)
    {
        var counters = new FileCounters();
        ConcurrentThreads.Run(threads, number =>
        {
            // All are alive by now: a hundred cannot all have a number that gets a stripe of its own.
            for (int i = 0; i < Rounds; i++)
            {
                counters.Current.CountHit(number, blocks: 2);
            }
        });

        RemoteFileStatistics counted = counters.Snapshot();
        Assert.Equal((long)threads * Rounds, counted.Hits);
        Assert.Equal(2L * threads * Rounds, counters.Blocks.Hits);
        Assert.Equal((long)Rounds * threads * (threads - 1) / 2, counted.BytesServed);
    }

    [Fact]
    public void A_thread_keeps_its_stripe_and_shares_it_with_none_of_another_number()
    {
        var counters = new FileCounters();
        CounterStripe mine = counters.Current;
        (int Number, CounterStripe Stripe) other = default;
        ConcurrentThreads.Run(1, _ => other = (CounterStripe.NumberOfCurrentThread, counters.Current));

        Assert.Equal(other.Number == CounterStripe.NumberOfCurrentThread, mine == other.Stripe);
        Assert.Same(mine, counters.Current);
    }
}
