using System.Globalization;

namespace Hctef.Tests.Files;

/// <summary>What a list of Range headers asks for.</summary>
internal sealed record AskedRanges(long Bytes, long End, bool Overlap)
{
    public static AskedRanges Of(IEnumerable<string> headers)
    {
        (long Start, long End)[] ranges = [.. headers.Select(Parse).Order()];
        bool overlap = ranges.Zip(ranges.Skip(1)).Any(static pair => pair.Second.Start < pair.First.End);
        return new AskedRanges(ranges.Sum(static range => range.End - range.Start), ranges.Max(static range => range.End), overlap);
    }

    private static (long Start, long End) Parse(string header)
    {
        string[] parts = header["bytes=".Length..].Split('-');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture) + 1);
    }
}
