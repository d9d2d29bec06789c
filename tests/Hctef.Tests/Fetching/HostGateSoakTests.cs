using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>Many who ask, cancel, are promoted, and answer or push back, at once.</summary>
public sealed class HostGateSoakTests
{
    private const int Workers = 8;
    private const int Rounds = 2000;

    private int _held;
    private int _most;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(32)]
    public async Task Never_more_are_out_than_there_are_and_in_the_end_none(int permits)
    {
        HostGate gate = HostGates.Create(permits);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(gate, new Random(worker)))))
            .WaitAsync(FetchRig.HangGuard);

        Assert.InRange(_most, 1, permits);
        Assert.Equal(0, gate.Taken);
        int limit = gate.Limit;
        Assert.InRange(limit, 1, permits);
        for (int i = 0; i < Math.Max(1, limit - 2); i++)
        {
            Assert.NotNull(gate.TryTake(FetchPriority.Background));
        }

        Assert.Null(gate.TryTake(FetchPriority.Background));
        while (gate.Taken < limit)
        {
            Assert.NotNull(gate.TryTake());
        }

        Assert.Null(gate.TryTake());
    }

    private async Task WorkAsync(HostGate gate, Random random)
    {
        object[] files = [gate, new object()];
        for (int i = 0; i < Rounds; i++)
        {
            using var cancellation = new CancellationTokenSource();
            using var permit = new HostPermit(gate, (FetchPriority)random.Next(2), files[random.Next(2)]);
            Task promotion = random.Next(3) == 0 ? Task.Run(permit.Promote) : Task.CompletedTask;
            try
            {
                ValueTask wait = permit.AcquireAsync(cancellation.Token);
                if (random.Next(3) == 0)
                {
                    await cancellation.CancelAsync();
                }

                await wait;
                await HoldAsync(permit, random);
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancellation.IsCancellationRequested);
            }

            await promotion;
        }
    }

    private async Task HoldAsync(HostPermit permit, Random random)
    {
        InterlockedMax(ref _most, Interlocked.Increment(ref _held));
        if (random.Next(2) == 0)
        {
            await Task.Yield();
        }

        Interlocked.Decrement(ref _held);
        if (random.Next(50) == 0)
        {
            permit.Failed(new HctefNetworkException(HctefNetworkError.Connection, "Reset."));
        }
        else
        {
            permit.FirstByte = TimeSpan.FromMilliseconds(random.Next(30));
        }
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
