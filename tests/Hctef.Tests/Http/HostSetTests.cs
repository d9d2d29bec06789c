using System.Net;
using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class HostSetTests
{
    [Theory]
    [InlineData("files.example", "files.example", true)]
    [InlineData("files.example", "FILES.Example.", true)]
    [InlineData("files.example.", "files.example", true)]
    [InlineData("files.example", "a.files.example", false)]
    [InlineData("files.example", "notfiles.example", false)]
    [InlineData("*.files.example", "a.files.example", true)]
    [InlineData("*.files.example", "a.b.FILES.example", true)]
    [InlineData("*.files.example", "files.example", false)]
    [InlineData("*.files.example", "notfiles.example", false)]
    [InlineData("*", "anything.example", true)]
    [InlineData("b\u00fccher.example", "xn--bcher-kva.example", true)]
    public void Names(string entry, string host, bool has) => Assert.Equal(has, new HostSet([entry]).HasName(host));

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.4", true)]
    [InlineData("::ffff:10.0.0.0/104", "::ffff:10.1.2.4", true)]
    [InlineData("::ffff:10.0.0.0/104", "11.1.2.4", false)]
    [InlineData("::/0", "fd00::1", true)]
    [InlineData("10.0.0.0/8", "10.200.0.1", true)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("fd00::1", "fd00::1%3", true)]
    [InlineData("*", "10.1.2.3", false)]
    [InlineData("intra.example", "10.1.2.3", false)]
    public void Addresses(string entry, string address, bool has) =>
        Assert.Equal(has, new HostSet([entry]).HasAddress(IPAddress.Parse(address)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    [InlineData("https://files.example")]
    [InlineData("files.example:443")]
    [InlineData("*files.example")]
    [InlineData("a.*.example")]
    [InlineData("*.")]
    [InlineData("*.10.0.0.1")]
    [InlineData("10")]
    [InlineData("0x7f.1")]
    [InlineData("10.0.0.0/33")]
    public void No_entries(string? entry) => Assert.False(HostSet.IsEntry(entry));
}
