using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hctef.AspNetCore.Endpoints;

/// <summary>Which bytes answer a request (RFC 9110, section 14.2).</summary>
/// <param name="StatusCode">200, 206, or 416 if the range lies behind the end of the file.</param>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="Length">How many bytes; 0 for 416.</param>
internal readonly record struct RangeSelection(int StatusCode, long Start, long Length)
{
    private const string Unit = "bytes";

    public static RangeSelection Whole(long fileLength) => new(StatusCodes.Status200OK, 0, fileLength);

    /// <summary>The range that a GET request asks; the whole file if it asks none, several, of another version or not in bytes.</summary>
    public static RangeSelection Of(IHeaderDictionary request, Validators validators, long fileLength)
    {
        bool isSingle = request.Range.Count == 1
            && RangeHeaderValue.TryParse(request.Range.ToString(), out RangeHeaderValue? header)
            && header.Unit.Equals(Unit, StringComparison.OrdinalIgnoreCase)
            && header.Ranges.Count == 1
            && Preconditions.IsRangeOfVersion(request.IfRange, validators);
        return isSingle ? Of(RangeHeaderValue.Parse(request.Range.ToString()).Ranges.First(), fileLength) : Whole(fileLength);
    }

    private static RangeSelection Of(RangeItemHeaderValue asked, long fileLength)
    {
        if (asked.From is { } from)
        {
            long end = Math.Min(asked.To ?? long.MaxValue, fileLength - 1) + 1;
            return from < fileLength ? Part(from, end - from) : Unsatisfiable;
        }

        // A suffix that is longer than the file is the whole of it. An empty file satisfies every suffix, but has no range to show for it.
        long length = Math.Min(asked.To ?? 0, fileLength);
        if (length > 0)
            return Part(fileLength - length, length);
        return asked.To > 0 ? Whole(fileLength) : Unsatisfiable;
    }

    private static RangeSelection Unsatisfiable => new(StatusCodes.Status416RangeNotSatisfiable, 0, 0);

    private static RangeSelection Part(long start, long length) => new(StatusCodes.Status206PartialContent, start, length);
}
