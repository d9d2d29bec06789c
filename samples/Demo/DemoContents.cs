using System.Globalization;

namespace Demo;

/// <summary>What the demo's archive holds: notes, map tiles and clips, mixed as an archive of a collection would be.</summary>
public static class DemoContents
{
    private const int MiB = 1024 * 1024;
    private const int Groups = 60;
    private const int TilesInGroup = 4;
    private const int GroupsForClip = 5;

    public static IReadOnlyList<DemoEntry> Entries { get; } = [.. Enumerable.Range(0, Groups).SelectMany(Group)];

    /// <summary>The note of a few KB in the middle of the archive that the demo extracts.</summary>
    public static DemoEntry Extracted { get; } = Note(Groups / 2);

    private static IEnumerable<DemoEntry> Group(int group)
    {
        yield return Note(group);
        for (int tile = 0; tile < TilesInGroup; tile++)
            yield return Tile(group, tile);
        if (group % GroupsForClip == 0)
            yield return Clip(group / GroupsForClip);
    }

    private static DemoEntry Note(int number) =>
        new(Name($"notes/note-{number:000}.txt"), 2048 + (number * 797 % 6144), IsText: true);

    private static DemoEntry Tile(int group, int tile) =>
        new(Name($"tiles/{group:00}/tile-{tile}.bin"), (256 * 1024) + (((group * TilesInGroup) + tile) * 70_003 % MiB), IsText: false);

    private static DemoEntry Clip(int number) =>
        new(Name($"clips/clip-{number:00}.bin"), (7 * MiB) + (number * 100_003), IsText: false);

    private static string Name(FormattableString name) => name.ToString(CultureInfo.InvariantCulture);
}
