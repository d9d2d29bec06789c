namespace Hctef.Fetching;

/// <summary>Cuts a long run into requests that go out side by side.</summary>
internal static class PieceSplit
{
    /// <summary>Pieces of whole blocks that differ by one block at most, none of much more than so many bytes.</summary>
    public static IEnumerable<BlockRun> Split(BlockRun run, long pieceBytes, int blockBytes)
    {
        long blocks = run.Count;
        long pieces = Math.Clamp(((blocks * blockBytes) + pieceBytes - 1) / pieceBytes, 1, Math.Max(1, blocks));
        for (long i = 0; i < pieces; i++)
        {
            yield return new BlockRun(run.First + (i * blocks / pieces), run.First + ((i + 1) * blocks / pieces));
        }
    }
}
