using Microsoft.AspNetCore.Http;

namespace Hctef.TestServer.Honest;

/// <summary>Status and bytes with which a request for an existing file is answered.</summary>
internal readonly record struct ReplyPlan(int Status, long Start, long Count, string? ContentRange)
{
    public static ReplyPlan For(HttpRequest request, ServedFile file, FileVersion version)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            return Empty(StatusCodes.Status405MethodNotAllowed);
        if (Preconditions.Evaluate(request.Headers, version) is { } status)
            return Empty(status);

        // Range means something for GET only (RFC 9110, section 14.2).
        bool useRange = HttpMethods.IsGet(request.Method) && file.SupportsRanges && Preconditions.AllowsRange(request.Headers, version);
        return useRange && RequestedRange.Parse(request.Headers.Range) is { } range
            ? ForRange(range, file.SuffixBehaviour, version.Length)
            : Whole(version.Length);
    }

    private static ReplyPlan ForRange(RequestedRange range, SuffixBehaviour suffixBehaviour, long length)
    {
        if (!range.IsSuffix)
            return Partial(range.Resolve(length), length);
        return suffixBehaviour switch
        {
            SuffixBehaviour.AsPrefix => Partial(new RequestedRange(0, range.SuffixLength - 1, null).Resolve(length), length),
            SuffixBehaviour.WholeAs200 => Whole(length),
            SuffixBehaviour.WholeAs206 => Partial(new RequestedRange(0, null, null).Resolve(length), length),
            SuffixBehaviour.Status400 => Empty(StatusCodes.Status400BadRequest),
            SuffixBehaviour.Status416 => Unsatisfiable(length),
            SuffixBehaviour.Status501 => Empty(StatusCodes.Status501NotImplemented),
            _ => Partial(range.Resolve(length), length),
        };
    }

    private static ReplyPlan Partial((long Start, long Count)? bytes, long length) => bytes is var (start, count)
        ? new ReplyPlan(StatusCodes.Status206PartialContent, start, count, $"bytes {start}-{start + count - 1}/{length}")
        : Unsatisfiable(length);

    private static ReplyPlan Unsatisfiable(long length) =>
        new(StatusCodes.Status416RangeNotSatisfiable, 0, 0, $"bytes */{length}");

    private static ReplyPlan Whole(long length) => new(StatusCodes.Status200OK, 0, length, null);

    private static ReplyPlan Empty(int status) => new(status, 0, 0, null);
}
