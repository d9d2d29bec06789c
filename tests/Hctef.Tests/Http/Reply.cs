using System.Net;

namespace Hctef.Tests.Http;

/// <summary>Replies by their raw headers.</summary>
internal static class Reply
{
    public const string Tag = "\"v1\"";

    /// <summary>A 206 that is right in every clause, but for what a test adds.</summary>
    public static HttpResponseMessage Partial(string contentRange, params (string Name, string Value)[] headers) =>
        Of(HttpStatusCode.PartialContent, [("Content-Range", contentRange), .. headers]);

    public static HttpResponseMessage Of(HttpStatusCode status, params (string Name, string Value)[] headers) =>
        Of(status, Stream.Null, headers);

    public static HttpResponseMessage Of(HttpStatusCode status, Stream body, params (string Name, string Value)[] headers)
    {
        // A stream that cannot seek tells no length, so that only the headers of the test are there.
        var response = new HttpResponseMessage(status) { Content = new StreamContent(new UnseekableStream(body)) };
        foreach ((string name, string value) in headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }
}
