using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>Who gets the next permit.</summary>
public sealed class HostGateTests
{
    [Fact]
    public async Task Permits_go_in_order_demand_before_background()
    {
        HostGate gate = HostGates.Create(permits: 1);
        HostPermit held = await gate.AskAsync(FetchPriority.Demand);
        FetchPriority[] asked = [FetchPriority.Background, FetchPriority.Demand, FetchPriority.Background, FetchPriority.Demand];
        Task<HostPermit>[] waits = [.. asked.Select(priority => gate.AskAsync(priority))];

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
        HostGate gate = HostGates.Create(permits: 2);
        HostPermit first = await gate.AskAsync(FetchPriority.Demand);
        using HostPermit second = await gate.AskAsync(FetchPriority.Demand);
        first.Dispose();
        first.Dispose();

        Assert.Equal(1, gate.Taken);
    }

    [Fact]
    public async Task Who_cancels_in_the_queue_gives_nothing_away()
    {
        HostGate gate = HostGates.Create(permits: 1);
        HostPermit held = await gate.AskAsync(FetchPriority.Demand);
        using var cancellation = new CancellationTokenSource();
        Task<HostPermit> cancelled = gate.AskAsync(FetchPriority.Demand, cancellation.Token);
        Task<HostPermit> next = gate.AskAsync(FetchPriority.Demand);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(1, gate.Taken);
        Assert.False(next.IsCompleted);

        held.Dispose();
        (await next.WaitAsync(FetchRig.HangGuard)).Dispose();
        Assert.Equal(0, gate.Taken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gate.AskAsync(FetchPriority.Demand, cancellation.Token));
        Assert.Equal(0, gate.Taken);
    }

    [Fact]
    public void A_burst_of_demand_goes_out_at_once_until_the_host_minds()
    {
        HostGate gate = HostGates.Create(permits: HctefDefaults.MaxConcurrencyPerHost);
        Assert.Equal(HctefDefaults.DemandBurst, gate.Free);
        List<HostPermit> burst = [];
        while (gate.TryTake() is { } permit)
        {
            burst.Add(permit);
        }

        Assert.Equal(HctefDefaults.DemandBurst, burst.Count);
        Assert.Equal(HctefDefaults.InitialConcurrency, gate.Limit);
        Assert.Null(gate.TryTake(FetchPriority.Background));

        burst[0].Failed(new HctefNetworkException(HctefNetworkError.Connection, "Reset."));
        burst.ForEach(static permit => permit.Dispose());
        Assert.Equal(HctefDefaults.InitialConcurrency / 2, gate.Limit);
        Assert.Equal(gate.Limit, gate.Free);
    }

    [Fact]
    public void A_burst_ends_when_the_host_becomes_late_though_nobody_waits()
    {
        var time = new ManualTimeProvider();
        var gate = new HostGate(new ConcurrencyLimit(HctefDefaults.MaxConcurrencyPerHost, new HostModel(time), time));
        Turn(TimeSpan.FromMilliseconds(10), times: 100);
        Turn(TimeSpan.FromSeconds(2), times: 1000);
        Assert.InRange(gate.Limit, 1, 32);
        Assert.Equal(gate.Limit, gate.Free);

        void Turn(TimeSpan firstByte, int times)
        {
            var held = new Queue<HostPermit>();
            for (int i = 0; i < times; i++)
            {
                while (held.Count < 60 && gate.TryTake() is { } taken)
                {
                    held.Enqueue(taken);
                }

                HostPermit permit = held.Dequeue();
                (permit.FirstByte, permit.Bytes) = (firstByte, 1000);
                permit.Dispose();
            }

            foreach (HostPermit permit in held)
            {
                permit.Dispose();
            }
        }
    }

    [Fact]
    public void What_is_free_for_background_is_less()
    {
        HostGate gate = HostGates.Create(permits: HctefDefaults.MaxConcurrencyPerHost);
        Assert.Equal((64, 14), (gate.FreeFor(FetchPriority.Demand), gate.FreeFor(FetchPriority.Background)));
        using HostPermit background = gate.TryTake(FetchPriority.Background)!;
        Assert.Equal((63, 13), (gate.FreeFor(FetchPriority.Demand), gate.FreeFor(FetchPriority.Background)));
    }

    [Fact]
    public void Two_permits_are_kept_for_demand()
    {
        HostGate gate = HostGates.Create(permits: 4);
        Assert.NotNull(gate.TryTake(FetchPriority.Background));
        HostPermit second = gate.TryTake(FetchPriority.Background)!;
        Assert.Null(gate.TryTake(FetchPriority.Background));
        Assert.NotNull(gate.TryTake());
        Assert.NotNull(gate.TryTake());
        Assert.Null(gate.TryTake());

        second.Dispose();
        Assert.NotNull(gate.TryTake(FetchPriority.Background));
        Assert.Equal(4, gate.Taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Background_has_one_permit_where_there_are_few(int permits)
    {
        HostGate gate = HostGates.Create(permits);
        Assert.NotNull(gate.TryTake(FetchPriority.Background));
        Assert.Null(gate.TryTake(FetchPriority.Background));
    }

    [Fact]
    public async Task Files_take_turns_and_each_keeps_its_order()
    {
        HostGate gate = HostGates.Create(permits: 1);
        HostPermit held = gate.TryTake()!;
        string asked = "aaabbac";
        List<char> served = [];
        Dictionary<char, object> files = asked.Distinct().ToDictionary(static name => name, static _ => new object());
        Task<HostPermit>[] waits = [.. asked.Select(name => gate.AcquireAsync(FetchPriority.Demand, files[name], default).AsTask())];
        List<int> order = [];
        while (order.Count < asked.Length)
        {
            held.Dispose();
            held = await (await Task.WhenAny(waits.Where((_, i) => !order.Contains(i))).WaitAsync(FetchRig.HangGuard));
            int index = Array.FindIndex(waits, wait => wait.IsCompleted && wait.Result == held);
            order.Add(index);
            served.Add(asked[index]);
        }

        Assert.Equal("abcabaa", string.Concat(served));
        Assert.Equal([0, 3, 6, 1, 4, 2, 5], order);
    }

    [Fact]
    public async Task A_file_of_many_requests_delays_another_by_one_only()
    {
        HostGate gate = HostGates.Create(permits: 1);
        HostPermit held = gate.TryTake()!;
        Task<HostPermit>[] many = [.. Enumerable.Range(0, 50).Select(_ => gate.AskAsync(FetchPriority.Background))];
        Task<HostPermit> other = gate.AcquireAsync(FetchPriority.Background, new object(), default).AsTask();
        held.Dispose();
        (await many[0].WaitAsync(FetchRig.HangGuard)).Dispose();
        using HostPermit got = await other.WaitAsync(FetchRig.HangGuard);
        Assert.All(many.Skip(1), static wait => Assert.False(wait.IsCompleted));
    }

    [Fact]
    public async Task A_spare_permit_is_none_that_somebody_waits_for()
    {
        HostGate gate = HostGates.Create(permits: 4);
        HostPermit spare = gate.TryAcquireSpare(gate)!;
        Assert.Equal(1, gate.Taken);
        spare.Dispose();
        Assert.Equal(0, gate.Taken);

        HostPermit[] background = [gate.TryTake(FetchPriority.Background)!, gate.TryTake(FetchPriority.Background)!];
        using var cancellation = new CancellationTokenSource();
        Task<HostPermit> waiting = gate.AskAsync(FetchPriority.Background, cancellation.Token);
        Assert.Null(gate.TryAcquireSpare(gate));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        Assert.NotNull(gate.TryAcquireSpare(gate));
        Assert.NotNull(gate.TryAcquireSpare(gate));
        Assert.Null(gate.TryAcquireSpare(gate));
        Array.ForEach(background, static permit => permit.Dispose());
        Assert.Equal(2, gate.Taken);
    }

    [Fact]
    public void A_push_back_halves_what_may_be_taken_and_ends_spares()
    {
        HostGate gate = HostGates.Create(permits: 8);
        HostPermit[] all = [.. Enumerable.Range(0, 8).Select(_ => gate.TryTake()!)];
        foreach (HostPermit permit in all.Take(4))
        {
            permit.Failed(new HctefNetworkException(HctefNetworkError.Connection, "Reset."));
            permit.Dispose();
        }

        Assert.Equal((4, 4), (gate.Limit, gate.Taken));
        Assert.Null(gate.TryTake());
        Array.ForEach(all, static permit => permit.Dispose());
        Assert.Null(gate.TryAcquireSpare(gate));
        Assert.NotNull(gate.TryTake());
    }
}
