namespace Recipes;

/// <summary>An access key of AWS or of another S3 server. A class, not a record: a record's text would show the secret.</summary>
/// <param name="accessKeyId">The public name of the key.</param>
/// <param name="secretAccessKey">The secret.</param>
/// <param name="sessionToken">The token that comes with temporary keys; null for lasting ones.</param>
public sealed class S3Credentials(string accessKeyId, string secretAccessKey, string? sessionToken = null)
{
    public string AccessKeyId { get; } = accessKeyId;

    public string SecretAccessKey { get; } = secretAccessKey;

    public string? SessionToken { get; } = sessionToken;
}
