namespace Hctef.Fetching;

/// <summary>What one planning pass goes by.</summary>
/// <param name="GapBytes">A hole of more bytes costs more to fetch than another request.</param>
/// <param name="MinBytes">No run is split into pieces of less.</param>
/// <param name="MaxBytes">A run of more is split in any case.</param>
/// <param name="FreePermits">Requests that can go out at once.</param>
/// <param name="IsUrgent">Whether a reader waits: then what is wanted is spread over all free permits.</param>
internal readonly record struct PlanLimits(long GapBytes, long MinBytes, long MaxBytes, int FreePermits, bool IsUrgent)
{
    public static PlanLimits Of(RangeSource source, FetchPriority priority)
    {
        IHostCosts costs = source.Host.Costs;

        // A chunk that a tier keeps as a whole is one request.
        long min = Math.Max(Math.Max(costs.SmallestPieceBytes, source.MinimumRequestBytes), (long)source.ChunkBlocks * source.Cache.BlockBytes);
        return new PlanLimits(
            costs.GapBytes, min, Math.Max(min, costs.PieceBytes), source.Host.Gate.FreeFor(priority), priority == FetchPriority.Demand);
    }

    /// <summary>
    /// How large the requests for so many runs get. Where a reader waits, all of it goes out at once over the free permits: as many pieces
    /// as there are, since a piece more would wait for one of them to end. Where the runs alone take all permits none is split for speed.
    /// </summary>
    public long PieceBytesFor(long bytes, int runs)
    {
        int shares = FreePermits - runs + 1;
        return IsUrgent && shares > 1 ? Math.Clamp((bytes + shares - 1) / shares, MinBytes, MaxBytes) : MaxBytes;
    }
}
