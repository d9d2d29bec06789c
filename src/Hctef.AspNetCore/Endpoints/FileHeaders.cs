using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hctef.AspNetCore.Endpoints;

/// <summary>Status and headers of a reply that serves a file.</summary>
internal static class FileHeaders
{
    private const string DefaultContentType = "application/octet-stream";

    /// <summary>What every reply for the file carries, 304 and 412 as well.</summary>
    public static void Set(HttpResponse response, Validators validators)
    {
        response.Headers.AcceptRanges = "bytes";
        if (validators.EntityTag is { } tag)
            response.Headers.ETag = tag.ToString();
        if (validators.LastModified is { } date)
            response.Headers.LastModified = HeaderUtilities.FormatDate(date);
    }

    /// <summary>What a reply with bytes of the file carries, or one that says that there are none.</summary>
    public static void Set(HttpResponse response, RangeSelection selection, RemoteFileInfo info)
    {
        response.StatusCode = selection.StatusCode;
        response.ContentLength = selection.Length;
        if (selection.StatusCode == StatusCodes.Status416RangeNotSatisfiable)
        {
            response.Headers.ContentRange = new ContentRangeHeaderValue(info.Length).ToString();
            return;
        }

        response.ContentType = info.ContentType ?? DefaultContentType;
        if (selection.StatusCode == StatusCodes.Status206PartialContent)
        {
            response.Headers.ContentRange =
                new ContentRangeHeaderValue(selection.Start, selection.Start + selection.Length - 1, info.Length).ToString();
        }
    }

    /// <summary>Takes back all that was set, and nothing that others have set.</summary>
    public static void Withdraw(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentLength = null;
        response.ContentType = null;
        response.Headers.Remove(HeaderNames.AcceptRanges);
        response.Headers.Remove(HeaderNames.ETag);
        response.Headers.Remove(HeaderNames.LastModified);
        response.Headers.Remove(HeaderNames.ContentRange);
    }
}
