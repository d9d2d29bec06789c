using Recipes;

namespace Hctef.Tests.Samples;

/// <summary>The examples of the Amazon S3 API Reference, "Signature Calculations for the Authorization Header".</summary>
public sealed class S3SignatureTests
{
    private const string Timestamp = "20130524T000000Z";

    private static readonly S3Credentials Credentials = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

    [Theory]
    [InlineData("/test.txt", "bytes=0-9", "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")]
    [InlineData("/?lifecycle", null, "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/?max-keys=2&prefix=J", null, "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void The_published_examples_are_signed_as_published(string pathAndQuery, string? range, string names, string signature)
    {
        using HttpRequestMessage request = CreateRequest("https://examplebucket.s3.amazonaws.com" + pathAndQuery);
        if (range is not null)
            request.Headers.TryAddWithoutValidation("Range", range);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders={names},Signature={signature}",
            S3Signature.Of(request, "us-east-1", Credentials, Timestamp));
    }

    [Theory]
    [InlineData("/a%20b/%C3%A9.txt", "/a%20b/é.txt")]
    [InlineData("/a%2Bb%2fc", "/a%2bb/c")]
    [InlineData("/?b=2&a=%7E&a=", "/?a=&a=~&b=2")]
    public void Other_spellings_of_one_URL_have_one_signature(string left, string right)
    {
        using HttpRequestMessage first = CreateRequest("https://bucket.example" + left);
        using HttpRequestMessage second = CreateRequest("https://bucket.example" + right);

        Assert.Equal(
            S3Signature.Of(first, "eu-central-1", Credentials, Timestamp), S3Signature.Of(second, "eu-central-1", Credentials, Timestamp));
    }

    private static HttpRequestMessage CreateRequest(string url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", S3Signature.EmptyBodyHash);
        request.Headers.TryAddWithoutValidation("x-amz-date", Timestamp);
        return request;
    }
}
