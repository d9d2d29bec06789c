using Hctef.Files;

namespace Hctef.Tests.Files;

public sealed class ForwardingCursorTests
{
    private static readonly byte[] Content = TestContent.Create(1_000);

    [Theory]
    [InlineData(CursorCaching.Shared)]
    [InlineData(CursorCaching.Uncached)]
    [InlineData(CursorCaching.Private)]
    public void EveryModeReadsAForeignFile(CursorCaching caching)
    {
        using RemoteFileStream stream = new ForeignFile(Content).OpenStream(caching);
        byte[] buffer = new byte[1_000];
        Assert.Equal(1_000, stream.Read(buffer));
        Assert.Equal(Content, buffer);
    }

    [Fact]
    public async Task ReadsAreClippedAtTheLengthOfTheOpening()
    {
        using var cursor = new ForwardingCursor(new ForeignFile(Content), length: 600);
        byte[] buffer = new byte[500];
        Assert.Equal(100, cursor.Read(buffer, 500));
        Assert.Equal(Content[500..600], buffer[..100]);
        Assert.Equal(100, await cursor.ReadAsync(buffer, 500, default));
        Assert.Equal(0, cursor.Read(buffer, 600));
        Assert.Equal(0, await cursor.ReadAsync(buffer, long.MaxValue, default));
        using var copy = new MemoryStream();
        await cursor.CopyToAsync(copy, 590, 81_920, default);
        Assert.Equal(Content[590..600], copy.ToArray());
        Assert.All(buffer[100..], value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task AFileThatEndsBeforeItsStatedLengthIsNotTakenForWhole()
    {
        using RemoteFileStream stream = new ForeignFile(Content) { StatedLength = 1_001 }.OpenStream();
        byte[] buffer = new byte[2_000];
        Assert.Throws<EndOfStreamException>(() => stream.Read(buffer));
        await Assert.ThrowsAsync<EndOfStreamException>(() => stream.ReadAsync(buffer.AsMemory()).AsTask());
        await Assert.ThrowsAsync<EndOfStreamException>(() => stream.CopyToAsync(Stream.Null));
        Assert.Throws<EndOfStreamException>(() => stream.CopyTo(Stream.Null));
        stream.Position = 999;
        Assert.Equal(Content[999], stream.ReadByte());
    }

    [Fact]
    public void AnOwnFileIsReadWithoutTasks()
    {
        var file = new InMemoryRemoteFile(Content);
        using var cursor = new ForwardingCursor(file, Content.Length);
        using FileCursor clone = cursor.Clone();
        byte[] buffer = new byte[10];
        Assert.Equal(10, clone.Read(buffer, 20));
        Assert.Equal(Content[20..30], buffer);
        ValueTask<int> read = clone.ReadAsync(buffer, 30, default);
        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal(10, read.Result);
        Assert.Equal(Content[30..40], buffer);
        Assert.Equal(20, file.GetStatistics().BytesServed);
    }

    [Fact]
    public void DisposingItLeavesTheFileOpen()
    {
        var file = new ForeignFile(Content);
        new ForwardingCursor(file, Content.Length).Dispose();
        Assert.Equal(0, file.Disposals);
    }
}
