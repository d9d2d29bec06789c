using System.Globalization;
using System.Security.Cryptography;

namespace Hctef.Caching.Disk;

/// <summary>
/// What the name of a pack says: <c>file key - version key - seconds of its creation - random number</c>, all in lower-case hexadecimal
/// digits. No two packs ever have one name, so that nobody overwrites another's.
/// </summary>
/// <param name="FileKey">The keyed hash of the file, 32 digits.</param>
/// <param name="VersionKey">The keyed hash of the version, 32 digits.</param>
/// <param name="Created">When the pack was written: seconds since 1970, by the clock of whoever wrote it.</param>
/// <param name="Number">Random.</param>
internal readonly record struct PackName(string FileKey, string VersionKey, long Created, ulong Number)
{
    public const int KeyDigits = 32;

    private const string PackExtension = ".pack";
    private const string TemporaryExtension = ".tmp";
    private const string HexDigits = "0123456789abcdef";

    /// <summary>The name of the finished file.</summary>
    public string Pack => Stem + PackExtension;

    /// <summary>Its name while it is written.</summary>
    public string Temporary => Stem + TemporaryExtension;

    private string Stem => string.Create(CultureInfo.InvariantCulture, $"{FileKey}-{VersionKey}-{Created:x}-{Number:x16}");

    public static PackName New(string fileKey, string versionKey, DateTimeOffset now)
    {
        ulong number = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return new PackName(fileKey, versionKey, Math.Max(0, now.ToUnixTimeSeconds()), number);
    }

    /// <summary>Whether a name is of this form and no other: what is not is never touched.</summary>
    public static bool TryParse(string text, out PackName name, out bool isTemporary)
    {
        name = default;
        isTemporary = text.EndsWith(TemporaryExtension, StringComparison.Ordinal);
        string[] parts = Path.GetFileNameWithoutExtension(text).Split('-');
        if (parts is not [{ Length: KeyDigits }, { Length: KeyDigits }, { Length: > 0 and < 16 }, { Length: 16 }]
            || Array.Exists(parts, static part => part.AsSpan().ContainsAnyExcept(HexDigits)))
        {
            return false;
        }

        name = new PackName(
            parts[0],
            parts[1],
            long.Parse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            ulong.Parse(parts[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return text == (isTemporary ? name.Temporary : name.Pack);
    }
}
