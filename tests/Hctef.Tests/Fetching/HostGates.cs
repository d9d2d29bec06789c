using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>What tests do with gates.</summary>
internal static class HostGates
{
    /// <summary>A gate of so many permits, at most 16, that become fewer only where the host pushes back.</summary>
    public static HostGate Create(int permits) =>
        new(new ConcurrencyLimit(permits, new HostModel(TimeProvider.System), TimeProvider.System));

    /// <summary>Asks for a permit as the only file.</summary>
    public static Task<HostPermit> AskAsync(this HostGate gate, FetchPriority priority, CancellationToken cancellationToken = default) =>
        gate.AcquireAsync(priority, gate, cancellationToken).AsTask();

    /// <summary>
    /// Takes all the permits that there are, by which every request under way has ended, and gives them back. None is waited for: the
    /// limit may fall meanwhile.
    /// </summary>
    public static async Task TakeAllAsync(this HostGate gate)
    {
        List<HostPermit> held = [];
        while (gate.Taken > held.Count || held.Count < gate.Limit)
        {
            if (TryTake(gate) is { } permit)
            {
                held.Add(permit);
            }
            else
            {
                await Task.Yield();
            }
        }

        held.ForEach(static permit => permit.Dispose());
    }

    /// <summary>Counts many first requests for hedges.</summary>
    public static void CountRequests(this HedgeBudget budget, int requests)
    {
        for (int i = 0; i < requests; i++)
        {
            budget.CountRequest();
        }
    }

    /// <summary>Takes a permit if it can be had at once.</summary>
    public static HostPermit? TryTake(this HostGate gate, FetchPriority priority = FetchPriority.Demand)
    {
        var permit = new HostPermit(gate, priority, gate);
        if (permit.AcquireAsync(CancellationToken.None).IsCompleted)
        {
            return permit;
        }

        permit.Dispose();
        return null;
    }
}
