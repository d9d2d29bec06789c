using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

public sealed class HostGateTests
{
    [Fact]
    public async Task Permits_go_in_order_demand_before_background()
    {
        var gate = new HostGate(permits: 1);
        HostPermit held = await gate.AcquireAsync(FetchPriority.Demand, default);
        FetchPriority[] asked = [FetchPriority.Background, FetchPriority.Demand, FetchPriority.Background, FetchPriority.Demand];
        Task<HostPermit>[] waits = [.. asked.Select(priority => gate.AcquireAsync(priority, default).AsTask())];

        foreach (int next in new[] { 1, 3, 0, 2 })
        {
            Assert.All(waits.Where((_, i) => i == next), wait => Assert.False(wait.IsCompleted));
            held.Dispose();
            held = await waits[next].WaitAsync(FetchRig.HangGuard);
            Assert.Equal(1, gate.Taken);
        }

        held.Dispose();
        Assert.Equal(0, gate.Taken);
    }

    [Fact]
    public async Task A_permit_given_back_twice_counts_once()
    {
        var gate = new HostGate(permits: 2);
        HostPermit first = await gate.AcquireAsync(FetchPriority.Demand, default);
        using HostPermit second = await gate.AcquireAsync(FetchPriority.Demand, default);
        first.Dispose();
        first.Dispose();

        Assert.Equal(1, gate.Taken);
    }

    [Fact]
    public async Task Who_cancels_in_the_queue_gives_nothing_away()
    {
        var gate = new HostGate(permits: 1);
        HostPermit held = await gate.AcquireAsync(FetchPriority.Demand, default);
        using var cancellation = new CancellationTokenSource();
        Task<HostPermit> cancelled = gate.AcquireAsync(FetchPriority.Demand, cancellation.Token).AsTask();
        Task<HostPermit> next = gate.AcquireAsync(FetchPriority.Demand, default).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(1, gate.Taken);
        Assert.False(next.IsCompleted);

        held.Dispose();
        (await next.WaitAsync(FetchRig.HangGuard)).Dispose();
        Assert.Equal(0, gate.Taken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gate.AcquireAsync(FetchPriority.Demand, cancellation.Token).AsTask());
        Assert.Equal(0, gate.Taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Never_more_are_out_than_there_are_and_in_the_end_none(int permits)
    {
        var gate = new HostGate(permits);
        int held = 0;
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 2000; i++)
            {
                using var cancellation = new CancellationTokenSource();
                ValueTask<HostPermit> wait = gate.AcquireAsync((FetchPriority)random.Next(2), cancellation.Token);
                if (random.Next(3) == 0)
                {
                    await cancellation.CancelAsync();
                }

                try
                {
                    using HostPermit permit = await wait;
                    int now = Interlocked.Increment(ref held);
                    InterlockedMax(ref most, now);
                    if (random.Next(2) == 0)
                    {
                        await Task.Yield();
                    }

                    Interlocked.Decrement(ref held);
                }
                catch (OperationCanceledException)
                {
                    Assert.True(cancellation.IsCancellationRequested);
                }
            }
        }))).WaitAsync(FetchRig.HangGuard);

        Assert.InRange(most, 1, permits);
        Assert.Equal(0, gate.Taken);
        Assert.All(Enumerable.Range(0, permits), _ => Assert.True(gate.AcquireAsync(FetchPriority.Demand, default).IsCompleted));
        Assert.False(gate.AcquireAsync(FetchPriority.Demand, default).IsCompleted);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is int other && other != seen)
        {
            seen = other;
        }
    }
}
