using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>A background request that a reader comes to wait for, at every moment of its permit's life.</summary>
public sealed class PermitPromotionTests
{
    [Fact]
    public async Task A_waiting_one_goes_before_background_and_behind_demand()
    {
        HostGate gate = HostGates.Create(permits: 1);
        HostPermit held = gate.TryTake()!;
        Task<HostPermit> background = gate.AskAsync(FetchPriority.Background);
        var promoted = new HostPermit(gate, FetchPriority.Background, gate);
        Task promotedWait = promoted.AcquireAsync(default).AsTask();
        Task<HostPermit> demand = gate.AskAsync(FetchPriority.Demand);
        promoted.Promote();
        promoted.Promote();

        held.Dispose();
        held = await demand.WaitAsync(FetchRig.HangGuard);
        Assert.False(promotedWait.IsCompleted);
        held.Dispose();
        await promotedWait.WaitAsync(FetchRig.HangGuard);
        Assert.False(background.IsCompleted);
        promoted.Dispose();
        (await background.WaitAsync(FetchRig.HangGuard)).Dispose();
        Assert.Equal(0, gate.Taken);
    }

    [Fact]
    public async Task A_waiting_one_takes_a_permit_that_was_kept_for_demand()
    {
        HostGate gate = HostGates.Create(permits: 4);
        HostPermit[] background = [gate.TryTake(FetchPriority.Background)!, gate.TryTake(FetchPriority.Background)!];
        var promoted = new HostPermit(gate, FetchPriority.Background, gate);
        Task wait = promoted.AcquireAsync(default).AsTask();
        Assert.False(wait.IsCompleted);

        promoted.Promote();
        await wait.WaitAsync(FetchRig.HangGuard);
        Assert.Null(gate.TryTake(FetchPriority.Background));
        background[0].Dispose();
        Assert.NotNull(gate.TryTake(FetchPriority.Background));
        promoted.Dispose();
        Assert.Equal(2, gate.Taken);
    }

    [Fact]
    public async Task A_held_one_leaves_its_place_to_the_next_of_the_background()
    {
        HostGate gate = HostGates.Create(permits: 4);
        HostPermit first = gate.TryTake(FetchPriority.Background)!;
        using HostPermit second = gate.TryTake(FetchPriority.Background)!;
        Task<HostPermit> next = gate.AskAsync(FetchPriority.Background);
        Assert.False(next.IsCompleted);

        first.Promote();
        using HostPermit third = await next.WaitAsync(FetchRig.HangGuard);
        first.Dispose();
        Assert.Null(gate.TryTake(FetchPriority.Background));
        Assert.Equal(2, gate.Taken);
    }

    [Fact]
    public async Task One_that_was_not_asked_for_yet_waits_as_demand()
    {
        HostGate gate = HostGates.Create(permits: 1);
        HostPermit held = gate.TryTake()!;
        Task<HostPermit> background = gate.AskAsync(FetchPriority.Background);
        var promoted = new HostPermit(gate, FetchPriority.Background, gate);
        promoted.Promote();
        Task wait = promoted.AcquireAsync(default).AsTask();
        held.Dispose();

        await wait.WaitAsync(FetchRig.HangGuard);
        Assert.False(background.IsCompleted);
    }

    [Fact]
    public void One_that_was_given_back_changes_nothing()
    {
        HostGate gate = HostGates.Create(permits: 3);
        HostPermit permit = gate.TryTake(FetchPriority.Background)!;
        permit.Dispose();
        permit.Promote();

        Assert.NotNull(gate.TryTake(FetchPriority.Background));
        Assert.Null(gate.TryTake(FetchPriority.Background));
    }

    [Fact]
    public async Task One_that_was_promoted_and_then_cancelled_leaves_no_trace()
    {
        HostGate gate = HostGates.Create(permits: 1);
        HostPermit held = gate.TryTake()!;
        using var cancellation = new CancellationTokenSource();
        var promoted = new HostPermit(gate, FetchPriority.Background, gate);
        Task wait = promoted.AcquireAsync(cancellation.Token).AsTask();
        promoted.Promote();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        held.Dispose();

        Assert.Equal(0, gate.Taken);
        Assert.NotNull(gate.TryTake(FetchPriority.Background));
    }
}
