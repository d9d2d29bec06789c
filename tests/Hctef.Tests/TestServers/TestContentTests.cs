using Hctef.TestServer.Content;

namespace Hctef.Tests.TestServers;

public sealed class TestContentTests
{
    private static readonly TestContent Content = new("file.bin", version: 3);

    [Theory]
    [InlineData(0, 64)]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(7, 2)]
    [InlineData(5, 8192)]
    [InlineData(8, 4097)]
    [InlineData((1L << 42) + 3, 23)]
    [InlineData(32_765, 6)]
    [InlineData(32_768, 32_768)]
    [InlineData((1L << 40) - 5, 40_000)]
    public void Fill_gives_the_bytes_of_ByteAt(long offset, int count)
    {
        byte[] bytes = Content.ToArray(offset, count);

        Assert.All(bytes.Select((value, index) => (value, index)), byteAt => Assert.Equal(Content.ByteAt(offset + byteAt.index), byteAt.value));
        Assert.True(Content.Matches(bytes, offset));
    }

    [Fact]
    public void Matches_sees_one_wrong_byte_and_a_shift()
    {
        byte[] bytes = Content.ToArray(100, 10_000);
        Assert.False(Content.Matches(bytes, 101));
        bytes[9_999] ^= 1;
        Assert.False(Content.Matches(bytes, 100));
    }

    [Fact]
    public void No_page_looks_like_another()
    {
        byte[][] pages = [.. Enumerable.Range(0, 8).Select(page => Content.ToArray(page * 32_768L, 32_768))];

        for (int i = 0; i < pages.Length; i++)
        {
            for (int j = 0; j < i; j++)
                Assert.InRange(pages[i].Zip(pages[j]).Count(pair => pair.First == pair.Second), 0, 512);
        }
    }

    [Fact]
    public void Name_and_version_change_nearly_every_byte()
    {
        byte[] bytes = Content.ToArray(0, 4096);
        foreach (TestContent other in new[] { new TestContent("file.bin", 4), new TestContent("gile.bin", 3) })
        {
            int equal = bytes.Zip(other.ToArray(0, 4096)).Count(pair => pair.First == pair.Second);
            Assert.InRange(equal, 0, 64);
        }
    }
}
