using System.Globalization;

namespace Recipes;

/// <summary>
/// Signs requests for S3 (AWS Signature Version 4). Each request is signed when it is sent, so that retries and long-lived files need
/// no care; redirects to other hosts are followed without the signature, which would not fit them.
/// </summary>
/// <param name="region">The bucket's region, such as <c>eu-central-1</c>.</param>
/// <param name="getCredentials">Gets the keys, which may change while files are open.</param>
/// <param name="time">The clock; S3 accepts it up to 15 minutes off.</param>
public sealed class S3SigningHandler(
    string region, Func<CancellationToken, ValueTask<S3Credentials>> getCredentials, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        S3Credentials credentials = await getCredentials(cancellationToken).ConfigureAwait(false);
        string now = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        Set(request, "x-amz-date", now);
        Set(request, "x-amz-content-sha256", S3Signature.EmptyBodyHash);
        if (credentials.SessionToken is { } token)
            Set(request, "x-amz-security-token", token);
        Set(request, "Authorization", S3Signature.Of(request, region, credentials, now));
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}
