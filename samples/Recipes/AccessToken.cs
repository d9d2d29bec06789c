namespace Recipes;

/// <summary>A token for requests and when it ends. A class, not a record: a record's text would show the token.</summary>
/// <param name="value">The token.</param>
/// <param name="expiresOn">From when on it is refused.</param>
public sealed class AccessToken(string value, DateTimeOffset expiresOn)
{
    public string Value { get; } = value;

    public DateTimeOffset ExpiresOn { get; } = expiresOn;
}
