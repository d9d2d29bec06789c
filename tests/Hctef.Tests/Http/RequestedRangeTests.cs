using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RequestedRangeTests
{
    [Fact]
    public void A_closed_range_names_its_last_byte()
    {
        Assert.Equal("bytes=0-0", RequestedRange.Closed(0, 1).ToHeaderValue());
        Assert.Equal("bytes=5-9223372036854775806", RequestedRange.Closed(5, long.MaxValue).ToHeaderValue());
        Assert.False(RequestedRange.Closed(0, 1).IsSuffix);
    }

    [Fact]
    public void A_suffix_names_its_length()
    {
        RequestedRange suffix = RequestedRange.Suffix(65536);
        Assert.Equal("bytes=-65536", suffix.ToHeaderValue());
        Assert.Equal((true, 65536L), (suffix.IsSuffix, suffix.SuffixLength));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    [InlineData(5, 4)]
    public void An_empty_or_negative_range_cannot_be_asked(long start, long end) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RequestedRange.Closed(start, end));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void An_empty_suffix_cannot_be_asked(long length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RequestedRange.Suffix(length));
}
