using System.Globalization;

namespace Hctef.Http;

/// <summary>The one range of bytes that a request asks for.</summary>
internal readonly record struct RequestedRange
{
    private RequestedRange(long start, long end, long suffixLength) => (Start, End, SuffixLength) = (start, end, suffixLength);

    /// <summary>All bytes, asked without a range.</summary>
    public static RequestedRange Whole { get; } = new(0, long.MaxValue, 0) { IsWhole = true };

    public bool IsWhole { get; private init; }

    public bool IsSuffix => SuffixLength > 0;

    /// <summary>Offset of the first byte; 0 for a suffix.</summary>
    public long Start { get; }

    /// <summary>Offset behind the last byte; 0 for a suffix.</summary>
    public long End { get; }

    /// <summary>How many of the last bytes are asked; 0 for a closed range.</summary>
    public long SuffixLength { get; }

    /// <summary>The bytes from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static RequestedRange Closed(long start, long end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        return new RequestedRange(start, end, 0);
    }

    /// <summary>The last bytes of the file, or all of it if it is shorter.</summary>
    public static RequestedRange Suffix(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return new RequestedRange(0, 0, length);
    }

    public string ToHeaderValue() => IsSuffix
        ? string.Create(CultureInfo.InvariantCulture, $"bytes=-{SuffixLength}")
        : string.Create(CultureInfo.InvariantCulture, $"bytes={Start}-{End - 1}");

    public override string ToString() => IsWhole ? "all bytes" : ToHeaderValue();
}
