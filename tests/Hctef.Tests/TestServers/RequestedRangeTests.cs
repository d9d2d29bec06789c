using Hctef.TestServer;

namespace Hctef.Tests.TestServers;

public sealed class RequestedRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 10, 0, 1)]
    [InlineData("bytes=3-", 10, 3, 7)]
    [InlineData("bytes=3-99", 10, 3, 7)]
    [InlineData("bytes=-4", 10, 6, 4)]
    [InlineData("bytes=-40", 10, 0, 10)]
    [InlineData("bytes=2-99999999999999999999999", 10, 2, 8)]
    public void Satisfiable(string header, long length, long start, long count) =>
        Assert.Equal((start, count), RequestedRange.Parse(header)!.Value.Resolve(length));

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-0", 0)]
    [InlineData("bytes=-5", 0)]
    public void Unsatisfiable(string header, long length) => Assert.Null(RequestedRange.Parse(header)!.Value.Resolve(length));

    [Theory]
    [InlineData(null)]
    [InlineData("lines=0-1")]
    [InlineData("bytes=0-1,4-5")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=-")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=7")]
    public void Ignored(string? header) => Assert.Null(RequestedRange.Parse(header));
}
