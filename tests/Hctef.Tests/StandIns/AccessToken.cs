namespace Azure.Core;

/// <summary>As in the package Azure.Core, which the tests do without.</summary>
internal readonly record struct AccessToken(string Token, DateTimeOffset ExpiresOn);
