using System.Globalization;

namespace Hctef.Http;

/// <summary>
/// A raw <c>Content-Range</c> value, read strictly (RFC 9110, section 14.4). Exactly one of the two forms: a range with or without
/// the total length, or the total length of a file that has no such range.
/// </summary>
internal readonly record struct ContentRange
{
    private const string Unit = "bytes ";

    /// <summary>Whether the value is <c>bytes */total</c>, which means something on 416 alone.</summary>
    public bool IsUnsatisfied { get; private init; }

    public long Start { get; private init; }

    /// <summary>Offset behind the last byte.</summary>
    public long End { get; private init; }

    /// <summary>The total length; <see langword="null"/> for <c>*</c>.</summary>
    public long? Total { get; private init; }

    public static bool TryParse(string text, out ContentRange range)
    {
        range = default;
        ReadOnlySpan<char> rest = text.AsSpan().Trim(' ');
        if (!rest.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        rest = rest[Unit.Length..];
        int slash = rest.IndexOf('/');
        if (slash < 0)
        {
            return false;
        }

        ReadOnlySpan<char> span = rest[..slash];
        ReadOnlySpan<char> total = rest[(slash + 1)..];
        return span is "*" ? TryParseUnsatisfied(total, out range) : TryParseSatisfied(span, total, out range);
    }

    private static bool TryParseUnsatisfied(ReadOnlySpan<char> total, out ContentRange range)
    {
        bool valid = TryParseNumber(total, out long length);
        range = new ContentRange { IsUnsatisfied = true, Total = length };
        return valid;
    }

    private static bool TryParseSatisfied(ReadOnlySpan<char> span, ReadOnlySpan<char> total, out ContentRange range)
    {
        range = default;
        int dash = span.IndexOf('-');
        if (dash < 0 || !TryParseNumber(span[..dash], out long first) || !TryParseNumber(span[(dash + 1)..], out long last))
        {
            return false;
        }

        long length = long.MaxValue;
        if (total is not "*" && !TryParseNumber(total, out length))
        {
            return false;
        }

        // The last test also keeps last + 1 within 64 bits, with a total as without one.
        if (last < first || last >= length)
        {
            return false;
        }

        range = new ContentRange { Start = first, End = last + 1, Total = total is "*" ? null : length };
        return true;
    }

    // NumberStyles.None: digits alone, and overflow fails.
    private static bool TryParseNumber(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
