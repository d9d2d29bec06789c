using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class ContentRangeTests
{
    [Theory]
    [InlineData("bytes 0-9/10", 0, 10, 10)]
    [InlineData("bytes 5-5/6", 5, 6, 6)]
    [InlineData("bytes 0-0/1", 0, 1, 1)]
    [InlineData("BYTES 1-2/3", 1, 3, 3)]
    [InlineData(" bytes 1-2/3 ", 1, 3, 3)]
    [InlineData("bytes 0-9223372036854775805/9223372036854775807", 0, 9223372036854775806, 9223372036854775807)]
    public void A_range_with_a_total_is_read(string text, long start, long end, long total)
    {
        Assert.True(ContentRange.TryParse(text, out ContentRange range));
        Assert.Equal((start, end, total, false), (range.Start, range.End, range.Total, range.IsUnsatisfied));
    }

    [Theory]
    [InlineData("bytes 3-7/*", 3, 8)]
    [InlineData("bytes 0-9223372036854775806/*", 0, long.MaxValue)]
    public void A_range_without_a_total_is_read(string text, long start, long end)
    {
        Assert.True(ContentRange.TryParse(text, out ContentRange range));
        Assert.Equal((start, end, null, false), (range.Start, range.End, range.Total, range.IsUnsatisfied));
    }

    [Theory]
    [InlineData("bytes */0", 0)]
    [InlineData("bytes */9223372036854775807", long.MaxValue)]
    public void A_total_alone_is_read(string text, long total)
    {
        Assert.True(ContentRange.TryParse(text, out ContentRange range));
        Assert.True(range.IsUnsatisfied);
        Assert.Equal(total, range.Total);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes ")]
    [InlineData("bytes 0-9")]
    [InlineData("bytes=0-9/10")]
    [InlineData("bytes:0-9/10")]
    [InlineData("items 0-9/10")]
    [InlineData("0-9/10")]
    [InlineData("bytes  0-9/10")]
    [InlineData("bytes 0-9/")]
    [InlineData("bytes -9/10")]
    [InlineData("bytes 0-/10")]
    [InlineData("bytes -/10")]
    [InlineData("bytes 9/10")]
    [InlineData("bytes 0-9/10, bytes 0-9/10")]
    [InlineData("bytes 0-9/10/11")]
    [InlineData("bytes 0--9/10")]
    [InlineData("bytes +0-9/10")]
    [InlineData("bytes 0 - 9/10")]
    [InlineData("bytes 0-0x9/10")]
    [InlineData("bytes 0-1,000/2,000")]
    [InlineData("bytes */*")]
    [InlineData("bytes */-1")]
    [InlineData("bytes */")]
    [InlineData("bytes **/10")]
    public void A9_anything_else_is_refused(string text) => Assert.False(ContentRange.TryParse(text, out _));

    [Theory]
    [InlineData("bytes 0-9/9")]
    [InlineData("bytes 5-3/10")]
    [InlineData("bytes 5-3/*")]
    [InlineData("bytes 0-0/0")]
    public void A10_a_contradiction_is_refused(string text) => Assert.False(ContentRange.TryParse(text, out _));

    [Theory]
    [InlineData("bytes 0-9223372036854775807/*")]
    [InlineData("bytes 0-9223372036854775807/9223372036854775807")]
    [InlineData("bytes 0-18446744073709551615/*")]
    [InlineData("bytes 0-9/9223372036854775808")]
    [InlineData("bytes 9223372036854775807-9223372036854775807/*")]
    [InlineData("bytes */9223372036854775808")]
    [InlineData("bytes 0-99999999999999999999999999999999/*")]
    public void A11_a_number_that_overflows_is_refused(string text) => Assert.False(ContentRange.TryParse(text, out _));
}
