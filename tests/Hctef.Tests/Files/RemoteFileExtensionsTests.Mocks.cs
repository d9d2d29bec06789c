using Moq;

namespace Hctef.Tests.Files;

/// <summary>What users do in their tests: mocks of the two interfaces.</summary>
public sealed partial class RemoteFileExtensionsTests
{
    private static readonly Uri Url = new("https://example.com/file");

    [Fact]
    public async Task AMockedFileOpensAsAStream()
    {
        IRemoteFile file = MockFile().Object;
        using RemoteFileStream stream = file.OpenStream();
        Assert.Equal(10_000, stream.Length);
        stream.Position = 42;
        Assert.Equal(Content[42], stream.ReadByte());
        await using RemoteFileStream other = await file.OpenStreamAsync(CursorCaching.Private);
        Assert.Equal(Content[0], other.ReadByte());
        await using RemoteFileStream third = await file.OpenStreamAsync();
        Assert.Equal(0, third.Position);
    }

    [Fact]
    public void OpenReturnsWhatTheFactoryOpens()
    {
        IRemoteFile file = MockFile().Object;
        var options = new RemoteFileOptions();
        IRangeReaderFactory factory = Mock.Of<IRangeReaderFactory>(
            f => f.OpenAsync(Url, options, It.IsAny<CancellationToken>()) == Task.FromResult(file));
        Assert.Same(file, factory.Open(Url, options));
        Assert.Throws<ArgumentNullException>(() => factory.Open(null!));
        Assert.Throws<ArgumentNullException>(() => ((IRangeReaderFactory)null!).Open(Url));
    }

    [Fact]
    public void OpenThrowsWhatTheFactoryThrows()
    {
        var failure = new RangeNotSupportedException("no ranges");
        var factory = new Mock<IRangeReaderFactory>();
        factory.Setup(f => f.OpenAsync(Url, null, It.IsAny<CancellationToken>())).ThrowsAsync(failure);
        Assert.Same(failure, Assert.Throws<RangeNotSupportedException>(() => factory.Object.Open(Url)));
    }

    [Fact]
    public async Task AnOpenedStreamOwnsItsFile()
    {
        Mock<IRemoteFile> file = MockFile();
        RemoteFileStream stream = await FactoryOf(file).OpenStreamAsync(Url);
        using (RemoteFileStream clone = stream.Clone())
            Assert.Equal(Content[0], clone.ReadByte());
        file.Verify(f => f.Dispose(), Times.Never);
        file.Verify(f => f.DisposeAsync(), Times.Never);
        await stream.DisposeAsync();
        file.Verify(f => f.DisposeAsync(), Times.Once);

        stream = await FactoryOf(file).OpenStreamAsync(Url);
        stream.Dispose();
        file.Verify(f => f.Dispose(), Times.Once);
    }

    [Fact]
    public async Task AFileIsClosedWhenItsStreamCannotBeOpened()
    {
        var failure = new HctefException("broken");
        var file = new Mock<IRemoteFile>();
        file.Setup(f => f.GetInfoAsync(It.IsAny<CancellationToken>())).ThrowsAsync(failure);
        Assert.Same(failure, await Assert.ThrowsAsync<HctefException>(() => FactoryOf(file).OpenStreamAsync(Url)));
        file.Verify(f => f.DisposeAsync(), Times.Once);
    }

    private static Mock<IRemoteFile> MockFile()
    {
        var mock = new Mock<IRemoteFile>();
        mock.Setup(f => f.GetInfoAsync(It.IsAny<CancellationToken>())).ReturnsAsync(new RemoteFileInfo { Length = Content.Length });
        mock.Setup(f => f.ReadAsync(It.IsAny<Memory<byte>>(), It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns((Memory<byte> buffer, long offset, CancellationToken _) =>
            {
                int count = (int)Math.Clamp(Content.Length - offset, 0, buffer.Length);
                Content.AsMemory((int)offset, count).CopyTo(buffer);
                return new ValueTask<int>(count);
            });
        return mock;
    }

    private static IRangeReaderFactory FactoryOf(Mock<IRemoteFile> file)
    {
        var factory = new Mock<IRangeReaderFactory>();
        factory.Setup(f => f.OpenAsync(Url, null, It.IsAny<CancellationToken>())).ReturnsAsync(file.Object);
        return factory.Object;
    }
}
