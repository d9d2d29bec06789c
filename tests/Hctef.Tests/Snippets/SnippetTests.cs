using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hctef.Tests.Snippets;

/// <summary>Every block of C# on the pages is code that is compiled here.</summary>
public sealed partial class SnippetTests
{
    [Theory]
    [InlineData("README.md", "ReadmeSnippets.cs")]
    [InlineData("samples/Recipes/README.md", "RecipeSnippets.cs")]
    public void Every_block_of_a_page_is_compiled_word_for_word(string page, string source)
    {
        string root = Repository.Find();
        string compiled = Lines(File.ReadAllText(Path.Combine(root, "tests/Hctef.Tests/Snippets", source)));
        string[] blocks = [.. Block().Matches(File.ReadAllText(Path.Combine(root, page))).Select(static match => match.Groups["code"].Value)];

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(Lines(block), compiled, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_recipe_starts_and_makes_its_clients()
    {
        foreach (Action<HostApplicationBuilder> recipe in RecipeSnippets.All)
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            recipe(builder);
            using IHost host = builder.Build();
            await host.StartAsync();
            var clients = host.Services.GetRequiredService<IHttpClientFactory>();
            foreach (string name in (string[])["Hctef", "Hctef:archive", "Hctef:partner"])
                clients.CreateClient(name).Dispose();
            await host.StopAsync();
        }
    }

    /// <summary>The lines without their indentation, without empty ones, and without using directives, which stand elsewhere.</summary>
    private static string Lines(string code) =>
        string.Join('\n', code.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(static line => !Using().IsMatch(line)));

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();

    [GeneratedRegex(@"^using [\w.]+;$")]
    private static partial Regex Using();
}
