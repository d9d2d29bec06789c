using System.Buffers;

namespace RemoteZip.Archives;

/// <summary>
/// The local file name for an entry: the last part of its name, never a path. Whoever made the archive chose that name, so it is
/// refused where it could mean anything but a file in the current folder, on any system.
/// </summary>
internal static class LocalName
{
    private const int MostCharacters = 200;

    private static readonly SearchValues<char> Refused = SearchValues.Create("<>:\"|?*");

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    public static string Of(string entryName)
    {
        if (entryName.EndsWith('/') || entryName.EndsWith('\\'))
            throw new RemoteZipException("The entry is a folder.");
        string name = entryName[(entryName.LastIndexOfAny(['/', '\\']) + 1)..];
        return IsSafe(name) ? name : throw new RemoteZipException("The entry's name cannot be a file's name here; name a file by --out.");
    }

    private static bool IsSafe(string name) =>
        name.Length is > 0 and <= MostCharacters
        && name[0] != '.'
        && name[^1] is not ('.' or ' ')
        && !name.AsSpan().ContainsAny(Refused)
        && !name.Any(char.IsControl)
        && !IsDevice(name.Split('.')[0].TrimEnd());

    private static bool IsDevice(string stem) =>
        Devices.Contains(stem, StringComparer.OrdinalIgnoreCase)
        || (stem.Length == 4
            && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)));
}
