using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class EgressPolicyTests
{
    private readonly HctefEgressOptions _options = new();

    [Fact]
    public void Without_lists_public_addresses_and_all_names_are_allowed()
    {
        AssertAllowed("http://files.example:8080/");
        AssertAllowed("https://1.1.1.1/");
        AssertRefused("http://10.0.0.1/");
    }

    [Fact]
    public void A_name_that_is_allowed_opens_no_private_address()
    {
        _options.AllowedHosts.Add("intra.example");
        var policy = new EgressPolicy(_options);

        Assert.True(policy.AllowsHost("intra.example"));
        Assert.False(policy.AllowsAddress(IPAddress.Parse("10.0.0.1")));
        Assert.True(policy.AllowsAddress(IPAddress.Parse("1.1.1.1")));
    }

    [Fact]
    public void A_network_that_is_allowed_opens_its_private_addresses_and_no_name()
    {
        _options.AllowedHosts.Add("10.20.0.0/16");
        var policy = new EgressPolicy(_options);

        Assert.True(policy.AllowsAddress(IPAddress.Parse("10.20.1.1")));
        AssertAllowed("http://10.20.1.1/");
        AssertRefused("http://10.21.1.1/");
        AssertRefused("http://1.1.1.1/");
        AssertRefused("http://intra.example/");
    }

    [Fact]
    public void What_is_denied_stays_so()
    {
        _options.AllowedHosts.Add("*");
        _options.AllowedHosts.Add("10.20.0.0/16");
        _options.DeniedHosts.Add("*.intra.example");
        _options.DeniedHosts.Add("10.20.9.0/24");
        _options.DeniedHosts.Add("1.1.1.1");
        var policy = new EgressPolicy(_options);

        AssertAllowed("http://intra.example/");
        AssertRefused("http://a.intra.example./");
        AssertRefused("http://10.20.9.1/");
        Assert.False(policy.AllowsAddress(IPAddress.Parse("10.20.9.1")));
        Assert.False(policy.AllowsAddress(IPAddress.Parse("::ffff:1.1.1.1")));
        Assert.False(policy.AllowsAddress(IPAddress.Parse("64:ff9b::1.1.1.1")));
        Assert.True(policy.AllowsAddress(IPAddress.Parse("64:ff9b::1.1.1.2")));
    }

    [Fact]
    public void Schemes_ignore_case_and_ports_are_the_urls_own()
    {
        _options.AllowedSchemes.Add("HTTPS");
        _options.AllowedPorts.Add(443);
        AssertAllowed("https://files.example/");
        AssertRefused("http://files.example:443/");
        AssertRefused("https://files.example:8443/");
    }

    private void AssertAllowed(string url) => new EgressPolicy(_options).Check(new Uri(url));

    private void AssertRefused(string url) => Assert.Throws<HctefUrlException>(() => new EgressPolicy(_options).Check(new Uri(url)));
}
