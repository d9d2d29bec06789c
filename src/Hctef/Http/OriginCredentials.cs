using System.Net;

namespace Hctef.Http;

/// <summary>
/// Credentials of the user's handler, kept from the hops of a redirect that lead elsewhere: they would be given to whoever asks for them.
/// HttpClient does the same where it follows redirects itself, but for a <see cref="CredentialCache"/>, which names its origins.
/// </summary>
internal sealed class OriginCredentials(ICredentials credentials) : ICredentials
{
    private static readonly AsyncLocal<bool> Withheld = new();

    /// <summary>Withholds all such credentials from what the calling asynchronous method sends until it returns.</summary>
    public static void Withhold() => Withheld.Value = true;

    /// <summary>What a handler is to have in the place of credentials; null where they may stay.</summary>
    public static ICredentials? Of(ICredentials? credentials) =>
        credentials is null or CredentialCache or OriginCredentials ? null : new OriginCredentials(credentials);

    public NetworkCredential? GetCredential(Uri uri, string authType) => Withheld.Value ? null : credentials.GetCredential(uri, authType);
}
