using Hctef;

namespace RemoteZip.Output;

/// <summary>A picture of a file in one line: each cell is an equal part of it, the fuller the more of the part was fetched.</summary>
internal static class FetchedMap
{
    private const int MostCells = 64;
    private const string UnicodeLevels = "·░▒▓█";
    private const string AsciiLevels = ".-+*#";

    public static string Draw(IReadOnlyList<ByteRange> fetched, long length, bool unicode)
    {
        string levels = unicode ? UnicodeLevels : AsciiLevels;
        int cells = (int)Math.Min(MostCells, length);
        return string.Create(cells, (fetched, length, levels), static (line, state) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                long start = Edge(state.length, i, line.Length);
                long end = Edge(state.length, i + 1, line.Length);
                line[i] = state.levels[LevelOf(BytesWithin(state.fetched, start, end), end - start)];
            }
        });
    }

    public static bool IsFetched(char cell) => cell != UnicodeLevels[0] && cell != AsciiLevels[0];

    private static long Edge(long length, int cell, int cells) => (long)((Int128)length * cell / cells);

    private static long BytesWithin(IReadOnlyList<ByteRange> ranges, long start, long end) =>
        ranges.Sum(range => Math.Max(0, Math.Min(end, range.Offset + range.Length) - Math.Max(start, range.Offset)));

    /// <summary>0 for nothing, 4 for everything, between them for thirds.</summary>
    private static int LevelOf(long bytes, long whole) =>
        bytes == 0 ? 0 : bytes == whole ? 4 : Math.Min(3, 1 + (int)(bytes * 3.0 / whole));
}
