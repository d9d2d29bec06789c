using FsCheck;
using FsCheck.Fluent;
using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>
/// Which holes are fetched along. Blocks of 16 KiB; runs are written as first-end, '+' before those that follow an absent hole.
/// </summary>
public sealed class GapJoiningTests
{
    private const int B = 16 * 1024;

    [Theory]
    // Permits are free: small holes that are kept are worth a request, others are not.
    [InlineData("0-20 +22-42", 16, "0-42")]
    [InlineData("0-20 +24-44", 16, "0-44")]
    [InlineData("0-20 +25-45", 16, "0-20 25-45")]
    [InlineData("0-20 22-42", 16, "0-20 22-42")]
    // More runs than permits: as many joins as it takes, smallest holes first, up to the gap, kept or not.
    [InlineData("0-20 22-42", 1, "0-42")]
    [InlineData("0-20 25-45", 1, "0-45")]
    [InlineData("0-80 97-180", 1, "0-80 97-180", 1000)]
    [InlineData("0-20 28-48 54-74", 2, "0-20 28-74")]
    // All holes together are at most a sixth of what is wanted.
    [InlineData("0-20 25-45 51-71", 1, "0-45 51-71")]
    [InlineData("0-1 2-3", 1, "0-1 2-3")]
    // A join to more than a piece would be split again.
    [InlineData("0-60 62-122", 1, "0-60 62-122")]
    [InlineData("0-48 52-112", 1, "0-112")]
    [InlineData("", 1, "")]
    [InlineData("5-6", 1, "5-6")]
    public void Runs_joined(string runs, int permits, string joined, int pieceBlocks = 112)
    {
        // Gaps of at most 16 blocks.
        var limits = new PlanLimits(GapBytes: 16 * B, MinBytes: 112 * B, MaxBytes: pieceBlocks * B, permits, IsUrgent: true);

        Assert.Equal(joined, string.Join(' ', GapJoining.Join(Parse(runs), B, limits).Select(static run => $"{run.First}-{run.End}")));
    }

    [Fact]
    public void Columns_of_a_table_are_joined_towards_the_permits()
    {
        // 40 columns of 136 KiB, 48 KiB apart.
        List<AbsentRun> runs = [.. Enumerable.Range(0, 40).Select(static i => new AbsentRun(i * 12L, (i * 12L) + 9, i > 0))];
        var limits = new PlanLimits(400_000, 256 * 1024, 1_600_000, FreePermits: 16, IsUrgent: true);

        List<BlockRun> joined = GapJoining.Join(runs, B, limits);

        Assert.InRange(joined.Count, 10, 26);
        Assert.InRange(joined.Sum(static run => run.Count), 360, 420);
        Assert.InRange(joined.Max(static run => run.Count) * B, 1, 256 * 1024 + 400_000 + (360 * B / 16));
    }

    [Fact]
    public void Every_run_is_in_one_request_and_every_limit_holds() =>
        Prop.ForAll<int[]>(Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000).WithEndSize(120));

    private static bool Holds(int[] numbers)
    {
        var runs = new List<AbsentRun>();
        long block = 0;
        for (int i = 0; i + 1 < numbers.Length; i += 2)
        {
            long first = block + (runs.Count == 0 ? 0 : 1) + (Math.Abs((long)numbers[i]) % 20);
            block = first + 1 + (Math.Abs((long)numbers[i + 1]) % 30);
            runs.Add(new AbsentRun(first, block, runs.Count > 0 && numbers[i] % 3 == 0));
        }

        int seed = numbers.Sum(static number => number % 1000) & 0xFFFF;
        int free = seed % 12;
        var limits = new PlanLimits(seed % 17 * B, 16 * B, (16 + (seed % 200)) * B, free, IsUrgent: seed % 2 == 0);
        List<BlockRun> joined = GapJoining.Join(runs, B, limits);

        long wanted = runs.Sum(static run => run.Count) * B;
        bool covered = runs.TrueForAll(run => joined.Count(join => join.First <= run.First && run.End <= join.End) == 1);
        bool exact = joined.TrueForAll(join => runs.Exists(run => run.First == join.First) && runs.Exists(run => run.End == join.End));
        bool disjoint = joined.Zip(joined.Skip(1)).All(static pair => pair.First.End < pair.Second.First);
        bool frugal = (joined.Sum(static join => join.Count) * B) - wanted <= wanted / GapJoining.WantedPerHole;
        bool scarce = runs.Count > Math.Max(1, free);
        bool holes = runs.Zip(runs.Skip(1)).All(pair =>
        {
            long hole = (pair.Second.First - pair.First.End) * B;
            bool isJoined = joined.Exists(join => join.First < pair.Second.First && pair.First.End < join.End);
            return !isJoined || (hole <= limits.GapBytes && (scarce || (hole <= GapJoining.FreeHoleBytes && pair.Second.FollowsAbsent)));
        });
        bool fits = joined.TrueForAll(join =>
            join.Count * B <= limits.MaxBytes || runs.Exists(run => run.First == join.First && run.End == join.End));
        return covered && exact && disjoint && frugal && holes && fits;
    }

    private static List<AbsentRun> Parse(string runs) =>
    [
        .. runs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static run =>
        {
            string[] ends = run.TrimStart('+').Split('-');
            return new AbsentRun(int.Parse(ends[0]), int.Parse(ends[1]), run[0] == '+');
        }),
    ];
}
