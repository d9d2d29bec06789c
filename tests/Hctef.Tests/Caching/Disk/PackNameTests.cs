using Hctef.Caching.Disk;

namespace Hctef.Tests.Caching.Disk;

/// <summary>The names of packs.</summary>
public sealed class PackNameTests
{
    private const string File = "0123456789abcdef0123456789abcdef";
    private const string Version = "fedcba9876543210fedcba9876543210";

    [Theory]
    [InlineData("0")]
    [InlineData("6743aa11")]
    [InlineData("fffffffffffffff")]
    public void Names_come_back(string created)
    {
        string text = $"{File}-{Version}-{created}-00000000000000a1.pack";
        Assert.True(PackName.TryParse(text, out PackName name, out bool isTemporary));
        Assert.False(isTemporary);
        Assert.Equal(text, name.Pack);
        Assert.Equal("01", name.Bucket);
        Assert.Equal(Convert.ToInt64(created, 16), name.Created);
        Assert.Equal(0xA1UL, name.Number);

        Assert.True(PackName.TryParse(name.Temporary, out PackName same, out isTemporary));
        Assert.True(isTemporary);
        Assert.Equal(name, same);
    }

    [Fact]
    public void New_names_are_parsed_to_themselves_and_lie_in_the_bucket_of_their_first_digits()
    {
        PackName name = PackName.New("0a" + File[2..], Version, DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000));

        Assert.True(PackName.TryParse(name.Pack, out PackName parsed, out _));
        Assert.Equal(name, parsed);
        Assert.True(name.IsIn("0a"));
        Assert.False(name.IsIn("0A"));
        Assert.False(name.IsIn("a"));
        Assert.False(name.IsIn("0"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".pack")]
    [InlineData(".tmp")]
    [InlineData("secret")]
    [InlineData($"{File}-{Version}-1-00000000000000a1")]
    [InlineData($"{File}-{Version}-1-00000000000000a1.Pack")]
    [InlineData($"{File}-{Version}-1-00000000000000a1.pack.tmp")]
    [InlineData($"{File}-{Version}-1-00000000000000A1.pack")]
    [InlineData($"{File}-{Version}-01-00000000000000a1.pack")]
    [InlineData($"{File}-{Version}--00000000000000a1.pack")]
    [InlineData($"{File}-{Version}-1000000000000000-00000000000000a1.pack")]
    [InlineData($"{File}-{Version}-g-00000000000000a1.pack")]
    [InlineData($"{File}-{Version}-1-0000000000000a1.pack")]
    [InlineData($"{File}-{Version}-1-000000000000000a1.pack")]
    [InlineData($"{File}-{Version}+1-00000000000000a1.pack")]
    [InlineData($"{File}+{Version}-1-00000000000000a1.pack")]
    [InlineData($"{File}-{Version}-1+00000000000000a1.pack")]
    [InlineData($"{File}0-{Version}-1-00000000000000a1.pack")]
    [InlineData($" {File}-{Version}-1-00000000000000a1.pack")]
    public void What_is_no_name_of_a_pack_is_none(string text) => Assert.False(PackName.TryParse(text, out _, out _));
}
