using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Hctef.TestServer.Content;

namespace Hctef.Tests.Faults.Cancellation;

/// <summary>
/// A server without a network, every call of which is a step. It refuses its second request and breaks the body of its third, so that
/// retries and resumes have their steps, too.
/// </summary>
internal sealed class SteppingOrigin(Steps steps, long length) : HttpMessageHandler
{
    private int _requests;

    public static Uri Uri { get; } = new("http://stepping.test/file");

    public TestContent Content { get; } = new("stepping");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        steps.Take();
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        steps.Take();
        cancellationToken.ThrowIfCancellationRequested();
        int number = Interlocked.Increment(ref _requests);
        if (number == 2)
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        RangeItemHeaderValue range = RangeHeaderValue.Parse(request.Headers.NonValidated["Range"].ToString()).Ranges.Single();
        long start = range.From ?? Math.Max(0, length - range.To!.Value);
        long end = range.From is null ? length : Math.Min(length, range.To!.Value + 1);
        var body = new SteppingBody(Content, start, end, number == 3 ? start + ((end - start) / 2) : long.MaxValue, steps);
        var response = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new StreamContent(body) };
        response.Headers.ETag = new EntityTagHeaderValue("\"v1\"");
        response.Content.Headers.TryAddWithoutValidation(
            "Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end - 1}/{length}"));
        steps.Take();
        return response;
    }
}
