using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Hctef.TestServer.Content;

namespace Hctef.Tests.Fetching;

/// <summary>
/// A server without a network whose files are functions of their names, and which fails at random but never lies. The odd files have no
/// validators.
/// </summary>
internal sealed class FlakyOrigin(int seed, int[] lengths) : HttpMessageHandler
{
    private int _requests;

    public static Uri UriOf(int file) => new($"http://flaky.test/{file}");

    public static TestContent ContentOf(int file) => new("flaky" + file.ToString(CultureInfo.InvariantCulture));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var random = new Random(HashCode.Combine(seed, Interlocked.Increment(ref _requests)));
        int fate = random.Next(100);
        if (fate < 3)
        {
            throw new HttpRequestException("There is no connection.");
        }

        if (random.Next(2) == 0)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return fate < 6 ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : Serve(request, fate, random);
    }

    private HttpResponseMessage Serve(HttpRequestMessage request, int fate, Random random)
    {
        int file = int.Parse(request.RequestUri!.AbsolutePath[1..], CultureInfo.InvariantCulture);
        long length = lengths[file];
        RangeItemHeaderValue range = RangeHeaderValue.Parse(request.Headers.NonValidated["Range"].ToString()).Ranges.Single();
        long start = range.From ?? Math.Max(0, length - range.To!.Value);
        long end = range.From is null ? length : Math.Min(length, range.To!.Value + 1);
        if (fate < 15 && range.From is not null)
        {
            // A shorter prefix, as RFC 9110 allows.
            end = random.NextInt64(start + 1, end + 1);
        }

        long breaksAt = fate is >= 15 and < 25 ? random.NextInt64(start, end + 1) : long.MaxValue;
        var response = new HttpResponseMessage(HttpStatusCode.PartialContent)
        {
            Content = new StreamContent(new FlakyBody(ContentOf(file), start, end, breaksAt, random)),
        };
        response.Content.Headers.TryAddWithoutValidation(
            "Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end - 1}/{length}"));
        if (file % 2 == 0)
        {
            response.Headers.ETag = new EntityTagHeaderValue("\"v1\"");
        }

        return response;
    }
}
