using System.Globalization;
using System.Text.Json;

namespace Recipes;

/// <summary>Access tokens of the machine's own identity, from the metadata server of its cloud: no SDK and no secret is needed.</summary>
/// <param name="client">Asks the metadata server; not Hctef's client, whose handler would wait for its own token.</param>
/// <param name="time">The clock.</param>
public sealed class MetadataTokens(HttpClient client, TimeProvider time)
{
    private const string Google = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token";

    private const string Azure =
        "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F";

    /// <summary>The token of the default service account of a Google Cloud machine.</summary>
    public ValueTask<AccessToken> GetGoogleAsync(CancellationToken cancellationToken) =>
        GetAsync(Google, "Metadata-Flavor", "Google", cancellationToken);

    /// <summary>The token of the managed identity of an Azure machine, for Azure Storage.</summary>
    public ValueTask<AccessToken> GetAzureStorageAsync(CancellationToken cancellationToken) =>
        GetAsync(Azure, "Metadata", "true", cancellationToken);

    private async ValueTask<AccessToken> GetAsync(string url, string header, string value, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Add(header, value);
        using HttpResponseMessage response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        using JsonDocument json = JsonDocument.Parse(body);
        JsonElement lifetime = json.RootElement.GetProperty("expires_in");

        // Google writes a number, Azure a string.
        double seconds = lifetime.ValueKind == JsonValueKind.String
            ? double.Parse(lifetime.GetString()!, CultureInfo.InvariantCulture)
            : lifetime.GetDouble();
        return new AccessToken(json.RootElement.GetProperty("access_token").GetString()!, time.GetUtcNow().AddSeconds(seconds));
    }
}
