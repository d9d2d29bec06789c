namespace Hctef.Files;

/// <summary>The checks that public members make of ranges and streams, with the exceptions that .NET's own streams throw.</summary>
internal static class ReadArguments
{
    public static void CheckRanges(IReadOnlyList<ByteRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        for (int i = 0; i < ranges.Count; i++)
            CheckRange(ranges[i], nameof(ranges));
    }

    public static void CheckRange(ByteRange range, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(range.Offset, parameter);
        ArgumentOutOfRangeException.ThrowIfNegative(range.Length, parameter);
    }

    public static void CheckReads(IReadOnlyList<RangeRead> reads)
    {
        ArgumentNullException.ThrowIfNull(reads);
        for (int i = 0; i < reads.Count; i++)
            ArgumentOutOfRangeException.ThrowIfNegative(reads[i].FileOffset, nameof(reads));
    }

    public static void CheckCaching(CursorCaching caching)
    {
        if (caching is not (CursorCaching.Shared or CursorCaching.Uncached or CursorCaching.Private))
            throw new ArgumentOutOfRangeException(nameof(caching), caching, "The mode is none of CursorCaching's.");
    }

    public static void CheckDestination(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.CanWrite)
            return;
        ObjectDisposedException.ThrowIf(!destination.CanRead, destination);
        throw new NotSupportedException("The destination does not support writing.");
    }
}
