namespace Hctef.Tests.Faults;

/// <summary>A secret that is planted wherever a caller may have one, and searched wherever people may read.</summary>
internal static class Canary
{
    public const string Text = "S3CR3T-CANARY";

    public static void AssertAbsent(string? text, string where) =>
        Assert.False(text?.Contains("S3CR3T", StringComparison.OrdinalIgnoreCase) ?? false, $"The canary is in {where}: {text}");

    /// <summary>Searches the text of an exception, of all inside it, and of all that its properties show.</summary>
    public static void AssertAbsent(Exception? failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            AssertAbsent(inner.ToString(), "an exception");
            foreach (object? value in inner.Data.Values)
                AssertAbsent(value?.ToString(), "an exception's data");
            AssertAbsent((inner as RemoteFileChangedException)?.Current?.ToString(), "RemoteFileInfo");
        }
    }
}
