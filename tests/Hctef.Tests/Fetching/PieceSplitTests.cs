using FsCheck;
using FsCheck.Fluent;
using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>How large requests are, and how a run is cut into them.</summary>
public sealed class PieceSplitTests
{
    private const int B = 16 * 1024;
    private const long KiB = 1024;

    [Theory]
    // A reader waits: over all free permits, in pieces of 256 KiB at least and of the host's size at most.
    [InlineData(true, 16, 512, 1, 16)]
    [InlineData(true, 14, 512, 1, 14)]
    [InlineData(true, 1, 512, 1, 4)]
    [InlineData(true, 0, 512, 1, 4)]
    [InlineData(true, 16, 64, 1, 4)]
    [InlineData(true, 16, 15, 1, 1)]
    [InlineData(true, 64, 4096, 1, 64)]
    [InlineData(true, 2, 4096, 1, 32)]
    // The permits that other runs take are not there for pieces.
    [InlineData(true, 16, 512, 9, 8)]
    [InlineData(true, 16, 512, 16, 4)]
    // Nobody waits: in pieces of the host's size.
    [InlineData(false, 16, 512, 1, 4)]
    [InlineData(false, 16, 128, 1, 1)]
    public void Pieces_of_a_run(bool urgent, int free, int blocks, int runs, int pieces)
    {
        var limits = new PlanLimits(GapBytes: 0, 256 * KiB, 2048 * KiB, free, urgent);
        long bytes = limits.PieceBytesFor((long)blocks * B, runs);

        Assert.Equal(pieces, PieceSplit.Split(new BlockRun(7, 7 + blocks), bytes, B).Count());
    }

    [Fact]
    public void Pieces_are_whole_blocks_without_gap_and_even() =>
        Prop.ForAll<PositiveInt, PositiveInt, NonNegativeInt>(static (blocks, bytes, first) =>
        {
            var run = new BlockRun(first.Get, first.Get + blocks.Get);
            List<BlockRun> pieces = [.. PieceSplit.Split(run, bytes.Get * 1000L, B)];
            return pieces[0].First == run.First && pieces[^1].End == run.End
                && pieces.Zip(pieces.Skip(1)).All(static pair => pair.First.End == pair.Second.First)
                && pieces.Max(static piece => piece.Count) - pieces.Min(static piece => piece.Count) <= 1
                && pieces.TrueForAll(piece => piece.Count > 0 && (piece.Count - 1) * B < bytes.Get * 1000L);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(400));
}
