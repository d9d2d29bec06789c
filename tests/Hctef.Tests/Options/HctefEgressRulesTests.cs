using Hctef.Options;
using Hctef.Tests.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Options;

public sealed class HctefEgressRulesTests
{
    [Fact]
    public void The_guard_binds_from_configuration()
    {
        using ServiceProvider provider = Configure(
            ("Egress:Enabled", "true"),
            ("Egress:AllowedHosts:0", "*.example.com"),
            ("Egress:DeniedHosts:0", "10.0.0.0/8"),
            ("Egress:AllowedSchemes:0", "https"),
            ("Egress:AllowedPorts:0", "443"));
        HctefEgressOptions egress = provider.GetHctefOptions().Egress;

        Assert.True(egress.Enabled);
        Assert.Equal(["*.example.com"], egress.AllowedHosts);
        Assert.Equal(["10.0.0.0/8"], egress.DeniedHosts);
        Assert.Equal(["https"], egress.AllowedSchemes);
        Assert.Equal([443], egress.AllowedPorts);
    }

    [Theory]
    [InlineData("Egress:Allow:0", "files.example")]
    [InlineData("Egress:AllowedHosts", "files.example")]
    public void A_key_that_means_nothing_fails(string key, string value)
    {
        using ServiceProvider provider = Configure((key, value));
        Assert.Throws<InvalidOperationException>(() => provider.GetHctefOptions());
    }

    [Fact]
    public void Entries_that_match_nothing_are_named()
    {
        var options = new HctefEgressOptions
        {
            AllowedHosts = { "https://files.example" },
            DeniedHosts = { "10.0.0.0/33" },
            AllowedSchemes = { "ftp" },
            AllowedPorts = { 0 },
        };
        var problems = new OptionsProblems("Hctef");
        HctefEgressRules.Check(options, "Egress.", problems);

        Assert.Equal(4, problems.Messages.Count);
        Assert.Contains("Egress.AllowedHosts has 'https://files.example'", problems.Messages[0], StringComparison.Ordinal);
        Assert.Contains("Egress.DeniedHosts has '10.0.0.0/33'", problems.Messages[1], StringComparison.Ordinal);
        Assert.Contains("Egress.AllowedSchemes has 'ftp'", problems.Messages[2], StringComparison.Ordinal);
        Assert.Contains("Egress.AllowedPorts has 0", problems.Messages[3], StringComparison.Ordinal);
    }

    private static ServiceProvider Configure(params (string, string?)[] settings)
    {
        var services = new ServiceCollection();
        services.AddHctef(TestContainer.Section(settings));
        return services.BuildServiceProvider();
    }
}
