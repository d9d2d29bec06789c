namespace Hctef.Options;

/// <summary>The name of a registration outside its options: of its HTTP client, and in messages.</summary>
internal static class HctefNames
{
    private const string Default = "Hctef";

    /// <summary>
    /// Gets <c>Hctef</c> for the default registration, <c>Hctef:{name}</c> for others, so that no client of the user's is met.
    /// </summary>
    public static string Of(string optionsName) => optionsName.Length == 0 ? Default : $"{Default}:{optionsName}";
}
