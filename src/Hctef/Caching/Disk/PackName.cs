using System.Buffers;
using System.Buffers.Binary;
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
        return new PackName(ParseKey(fileKey), ParseKey(versionKey), Math.Max(0, now.ToUnixTimeSeconds()), number);
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
            || !TryCutKey(ref stem, out UInt128 file)
            || !TryCutKey(ref stem, out UInt128 version)
            || (createdDigits > 1 && stem[0] == '0')
            || stem[createdDigits] != '-'
            || !IsHex(stem[..createdDigits])
            || !IsHex(stem[(createdDigits + 1)..]))
        {
            return false;
        }

        name = new PackName(file, version, (long)ParseNumber(stem[..createdDigits]), ParseNumber(stem[(createdDigits + 1)..]));
        return true;
    }

    /// <summary>The number is random: it tells names apart well enough, and is had at once.</summary>
    public override int GetHashCode() => Number.GetHashCode();

    /// <summary>Whether it belongs into the folder of a name.</summary>
    public bool IsIn(ReadOnlySpan<char> bucket)
    {
        Span<char> own = stackalloc char[2];
        return BucketNumber.TryFormat(own, out _, "x2", CultureInfo.InvariantCulture) && bucket.SequenceEqual(own);
    }

    /// <summary>Cuts off digits of a key, and the hyphen behind them.</summary>
    private static bool TryCutKey(ref ReadOnlySpan<char> text, out UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[KeyDigits / 2];
        bool isKey = IsHex(text[..KeyDigits]) && text[KeyDigits] == '-';
        _ = isKey && Convert.FromHexString(text[..KeyDigits], bytes, out _, out _) == OperationStatus.Done;
        value = isKey ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : default;
        text = text[(KeyDigits + 1)..];
        return isKey;
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);

    private static UInt128 ParseKey(string digits) => UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static ulong ParseNumber(ReadOnlySpan<char> digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
