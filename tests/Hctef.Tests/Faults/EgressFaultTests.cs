using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>URLs of users that lead to where they must not, with the egress guard on.</summary>
public sealed class EgressFaultTests
{
    private const string Public = "93.184.216.34";
    private const string Url = "http://files.example/file.bin?sig=" + Canary.Text;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("168.63.129.16")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[fe80::1]")]
    [InlineData("[fec0::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[ff02::1]")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[100::1]")]
    public async Task G1_addresses_that_are_not_public_are_refused_before_any_packet(string host)
    {
        await using EgressRig rig = new();
        await rig.AssertRefusedAsync($"http://{host}/latest/meta-data?sig={Canary.Text}");

        Assert.Empty(rig.Network.Resolved);
    }

    [Fact]
    public async Task G1_circled_digits_are_judged_as_what_they_stand_for()
    {
        // Where .NET has no globalization data they stay a name, which the resolver reads as the address.
        await using EgressRig rig = new();
        rig.Network.Resolver = (_, _) => ["127.0.0.1"];
        await rig.AssertRefusedAsync("http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/");
    }

    [Theory]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[64:ff9b::169.254.169.254]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[64:ff9b:1::808:808]")]
    [InlineData("[2002:7f00:1::1]")]
    [InlineData("[2002:808:808::1]")]
    [InlineData("[2001:0:4136:e378:8000:63bf:3fff:fdd2]")]
    [InlineData("[2606:4700::5efe:10.0.0.1]")]
    [InlineData("[2606:4700::200:5efe:127.0.0.1]")]
    [InlineData("[fe80::1%25lo]")]
    [InlineData("[fe80::1%251]")]
    [InlineData("[::ffff:0:127.0.0.1]")]
    public async Task G2_addresses_that_embed_others_are_judged_by_them(string host)
    {
        await using EgressRig rig = new();
        await rig.AssertRefusedAsync($"http://{host}/");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fe80::1%1")]
    public async Task G2_a_name_is_judged_by_its_addresses(string address)
    {
        await using EgressRig rig = new();
        rig.Network.Resolver = (_, _) => [address];
        await rig.AssertRefusedAsync(Url);

        Assert.Equal(["files.example"], rig.Network.Resolved);
    }

    [Fact]
    public async Task G3_an_answer_that_changes_is_judged_as_it_is_dialled()
    {
        HostileFile file = new(EgressRig.Length);
        await using EgressRig rig = new(request => file.Of(request).Reply(("Connection", "close")).Fin());
        rig.Network.Resolver = (_, before) => [before == 0 ? Public : "127.0.0.1"];
        using IRemoteFile opened = await rig.OpenAsync(Url);
        await Assert.ThrowsAsync<HctefUrlException>(() => rig.AssertReadsAsync(opened, 50_000));

        // One resolution a connection, and what it brought is what was dialled: none is asked once for the check and once for the use.
        Assert.Equal(["files.example", "files.example"], rig.Network.Resolved);
        Assert.Equal([Public + ":80"], rig.Network.Dialled);
    }

    [Fact]
    public async Task G4_of_public_and_private_addresses_only_the_public_are_dialled()
    {
        await using EgressRig rig = new();
        rig.Network.Resolver = (_, _) => ["127.0.0.1", Public, "10.0.0.1", "1.1.1.1", "::1"];
        rig.Network.Refusing.Add(Public);
        using IRemoteFile file = await rig.OpenAsync(Url);
        await rig.AssertReadsAsync(file, 50_000);

        Assert.Equal([Public + ":80", "1.1.1.1:80"], rig.Network.Dialled.Take(2));
        Assert.DoesNotContain(rig.Network.Dialled, address => address.StartsWith("127.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task G4_when_the_public_addresses_refuse_the_private_ones_are_not_tried()
    {
        await using EgressRig rig = new();
        rig.Network.Resolver = (_, _) => [Public, "127.0.0.1"];
        rig.Network.Refusing.Add(Public);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(Url));

        Assert.Equal(HctefNetworkError.Connection, failure.Error);
        Assert.Equal([Public + ":80"], rig.Network.Dialled);
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://inside.example/")]
    public async Task G5_a_redirect_to_a_private_host_is_refused(string location)
    {
        await using EgressRig rig = new(_ => LyingReply.Status(302, ("Location", location)));
        rig.Network.Resolver = (host, _) => [host == "files.example" ? Public : "10.0.0.1"];
        HctefUrlException failure = await Assert.ThrowsAsync<HctefUrlException>(() => rig.OpenAsync(Url));

        Assert.Equal([Public + ":80"], rig.Network.Dialled);
        Assert.Single(rig.Server.Requests);
        Canary.AssertAbsent(failure);
    }

    [Fact]
    public async Task G5_a_redirect_of_the_second_block_is_refused_too()
    {
        HostileFile file = new(EgressRig.Length);
        await using EgressRig rig = new(request => request.Number == 1
            ? file.Answer(request)
            : LyingReply.Status(302, ("Location", "http://127.0.0.1/")));
        using IRemoteFile opened = await rig.OpenAsync(Url);
        await Assert.ThrowsAsync<HctefUrlException>(() => rig.AssertReadsAsync(opened, 50_000));

        Assert.All(rig.Network.Dialled, address => Assert.Equal(Public + ":80", address));
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Fact]
    public async Task G5_hops_are_held_against_the_lists()
    {
        foreach (string location in (string[])["https://files.example/", "http://files.example:8080/", "http://other.example/"])
        {
            await using EgressRig rig = new(
                _ => LyingReply.Status(302, ("Location", location)),
                egress =>
                {
                    egress.AllowedSchemes.Add("http");
                    egress.AllowedPorts.Add(80);
                    egress.AllowedHosts.Add("files.example");
                });
            await Assert.ThrowsAsync<HctefUrlException>(() => rig.OpenAsync(Url));

            Assert.Single(rig.Network.Dialled);
            Assert.Single(rig.Network.Resolved);
        }
    }

    [Theory]
    [InlineData("http://files.example:25/")]
    [InlineData("http://other.example/")]
    [InlineData("https://files.example:80/")]
    [InlineData("http://secret.files.example/")]
    [InlineData("http://93.184.216.34/")]
    public async Task G7_what_the_lists_do_not_allow_is_refused_before_any_packet(string url)
    {
        await using EgressRig rig = new(configure: egress =>
        {
            egress.AllowedSchemes.Add("http");
            egress.AllowedPorts.Add(80);
            egress.AllowedHosts.Add("files.example");
            egress.AllowedHosts.Add("*.files.example");
            egress.DeniedHosts.Add("secret.files.example");
        });
        await rig.AssertRefusedAsync(url);

        Assert.Empty(rig.Network.Resolved);
        using IRemoteFile file = await rig.OpenAsync("http://FILES.example./file.bin");
        await rig.AssertReadsAsync(file, 10_000);
    }

    [Fact]
    public async Task G12_nothing_tells_an_internal_host_from_one_that_is_not_there()
    {
        var messages = new HashSet<string>(StringComparer.Ordinal);
        foreach (string[] addresses in (string[][])[[], ["10.0.0.1"], ["127.0.0.1"], ["fe80::1%1"]])
        {
            await using EgressRig rig = new();
            rig.Network.Resolver = (_, _) => addresses;
            HctefUrlException failure = await rig.AssertRefusedAsync("http://jenkins.example:8080/job?sig=" + Canary.Text);
            messages.Add(failure.Message);
            Assert.Null(failure.InnerException);
        }

        await using EgressRig denying = new(configure: egress => egress.DeniedHosts.Add("jenkins.example"));
        messages.Add((await denying.AssertRefusedAsync("http://jenkins.example:8080/")).Message);
        Assert.Single(messages);
    }
}
