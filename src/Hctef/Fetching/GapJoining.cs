namespace Hctef.Fetching;

/// <summary>
/// Joins runs to fewer requests where fetching the hole between them costs less than another request: the smallest holes first, all
/// holes together at most a sixth of what is wanted, and no request larger than a piece.
/// </summary>
/// <remarks>
/// Requests that go out at once cost no time, so that while permits are free a join only saves the request: holes up to
/// <see cref="FreeHoleBytes"/> are worth that, and they are kept, never what is cached or on its way already. With more runs than
/// permits each join saves a latency of waiting for a permit: then a hole may cost up to that latency, and is fetched even if its bytes
/// are thrown away.
/// </remarks>
internal static class GapJoining
{
    /// <summary>The largest hole that is fetched to save no time but a request.</summary>
    public const long FreeHoleBytes = 64 * 1024;

    /// <summary>All holes together are at most the wanted bytes divided by this.</summary>
    public const int WantedPerHole = 6;

    public static List<BlockRun> Join(List<AbsentRun> runs, int blockBytes, PlanLimits limits)
    {
        if (runs.Count < 2)
        {
            // Most misses.
            return [.. runs.Select(static run => new BlockRun(run.First, run.End))];
        }

        int permits = Math.Max(1, limits.FreePermits);
        long wanted = runs.Sum(static run => run.Count) * blockBytes;
        long left = wanted / WantedPerHole;

        long fair = limits.IsUrgent ? Math.Clamp(wanted / permits, limits.MinBytes, limits.MaxBytes) : limits.MaxBytes;
        int requests = runs.Count;
        int[] first = [.. Enumerable.Range(0, runs.Count)];
        int[] last = [.. first];
        foreach (int i in Enumerable.Range(1, runs.Count - 1).OrderBy(HoleBefore))
        {
            long hole = HoleBefore(i);
            bool scarce = requests > permits;
            long most = Math.Min(limits.GapBytes, scarce ? long.MaxValue : FreeHoleBytes);
            if (hole > Math.Min(most, left))
            {
                break;
            }

            (int from, int to) = (first[i - 1], last[i]);
            long joined = (runs[to].End - runs[from].First) * blockBytes;

            // A request may outgrow its share a little, or fewer joins would fit; much larger ones would end last.
            long largest = scarce ? Math.Min(limits.MaxBytes, fair + (fair / 4)) : fair;
            if ((scarce || runs[i].FollowsAbsent) && joined <= largest)
            {
                (last[from], first[to]) = (to, from);
                left -= hole;
                requests--;
            }
        }

        var joinedRuns = new List<BlockRun>(requests);
        for (int i = 0; i < runs.Count; i = last[i] + 1)
        {
            joinedRuns.Add(new BlockRun(runs[i].First, runs[last[i]].End));
        }

        return joinedRuns;

        long HoleBefore(int i) => (runs[i].First - runs[i - 1].End) * blockBytes;
    }
}
