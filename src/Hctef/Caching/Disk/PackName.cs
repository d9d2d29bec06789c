using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Hctef.Caching.Disk;

/// <summary>
/// What the name of a pack says: <c>file key - version key - seconds of its creation - random number</c>, all in lower-case hexadecimal
/// digits. No two packs ever have one name, so that nobody overwrites another's.
/// </summary>
/// <param name="File">The keyed hash of the file, 32 digits.</param>
/// <param name="Version">The keyed hash of the version, 32 digits.</param>
/// <param name="Created">When the pack was written: seconds since 1970, by the clock of whoever wrote it.</param>
/// <param name="Number">Random, 16 digits.</param>
internal readonly record struct PackName(UInt128 File, UInt128 Version, long Created, ulong Number)
{
    public const int KeyDigits = 32;

    private const int NumberDigits = 16;
    private const int MostCreatedDigits = 15;
    private const string PackExtension = ".pack";
    private const string TemporaryExtension = ".tmp";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The name of the finished file.</summary>
    public string Pack => Stem + PackExtension;

    /// <summary>Its name while it is written.</summary>
    public string Temporary => Stem + TemporaryExtension;

    /// <summary>The name of the folder that it lies in: the first digits of the file key.</summary>
    public string Bucket => BucketNumber.ToString("x2", CultureInfo.InvariantCulture);

    private byte BucketNumber => (byte)(File >> 120);

    private string Stem => string.Create(CultureInfo.InvariantCulture, $"{File:x32}-{Version:x32}-{Created:x}-{Number:x16}");

    public static PackName New(string fileKey, string versionKey, DateTimeOffset now)
    {
        ulong number = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        return new PackName(ParseHex(fileKey), ParseHex(versionKey), Math.Max(0, now.ToUnixTimeSeconds()), number);
    }

    /// <summary>Whether a name is of this form and no other: what is not is never touched.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PackName name, out bool isTemporary)
    {
        name = default;
        isTemporary = text.EndsWith(TemporaryExtension);
        if (!isTemporary && !text.EndsWith(PackExtension))
        {
            return false;
        }

        ReadOnlySpan<char> stem = text[..^(isTemporary ? TemporaryExtension : PackExtension).Length];
        int createdDigits = stem.Length - (2 * (KeyDigits + 1)) - 1 - NumberDigits;
        if (createdDigits is < 1 or > MostCreatedDigits
            || !TryCut(ref stem, KeyDigits, out UInt128 file)
            || !TryCut(ref stem, KeyDigits, out UInt128 version)
            || (createdDigits > 1 && stem[0] == '0')
            || !TryCut(ref stem, createdDigits, out UInt128 created)
            || stem.ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        name = new PackName(file, version, (long)created, (ulong)ParseHex(stem));
        return true;
    }

    /// <summary>Whether it belongs into the folder of a name.</summary>
    public bool IsIn(ReadOnlySpan<char> bucket)
    {
        Span<char> own = stackalloc char[2];
        return BucketNumber.TryFormat(own, out _, "x2", CultureInfo.InvariantCulture) && bucket.SequenceEqual(own);
    }

    /// <summary>Cuts off digits, and the hyphen behind them.</summary>
    private static bool TryCut(ref ReadOnlySpan<char> text, int digits, out UInt128 value)
    {
        ReadOnlySpan<char> part = text[..digits];
        bool isHex = text[digits] == '-' && !part.ContainsAnyExcept(HexDigits);
        value = isHex ? ParseHex(part) : default;
        text = text[(digits + 1)..];
        return isHex;
    }

    private static UInt128 ParseHex(ReadOnlySpan<char> digits) => UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
