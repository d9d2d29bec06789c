using System.Globalization;

namespace Hctef.TestServer;

/// <summary>
/// One range of a Range header (RFC 9110, section 14.1.2): <c>First-Last</c>, <c>First-</c> or, when <see cref="First"/>
/// is null, the suffix <c>-SuffixLength</c>.
/// </summary>
public readonly record struct RequestedRange(long? First, long? Last, long? SuffixLength)
{
    private const string Unit = "bytes=";

    public bool IsSuffix => SuffixLength is not null;

    /// <summary>Null for what a server ignores: no header, another unit, several ranges, bad syntax.</summary>
    public static RequestedRange? Parse(string? header)
    {
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return null;
        string range = header[Unit.Length..].Trim();
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !TryNumber(range[..dash], out long? first) || !TryNumber(range[(dash + 1)..], out long? last))
            return null;
        if (first is null)
            return last is null ? null : new RequestedRange(null, null, last);
        return last < first ? null : new RequestedRange(first, last, null);
    }

    /// <summary>The first byte and the count of bytes that this range means in a file; null = not satisfiable (416).</summary>
    public (long Start, long Count)? Resolve(long length)
    {
        if (SuffixLength is { } suffix)
            return suffix == 0 || length == 0 ? null : (Math.Max(0, length - suffix), Math.Min(suffix, length));
        long first = First.GetValueOrDefault();
        if (first >= length)
            return null;
        long last = Math.Min(Last ?? long.MaxValue, length - 1);
        return (first, last - first + 1);
    }

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text.Length == 0)
            return true;
        if (!text.All(char.IsAsciiDigit))
            return false;
        // A number has no upper limit in the grammar: one beyond 63 bits lies behind the end of every file.
        number = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : long.MaxValue;
        return true;
    }
}
