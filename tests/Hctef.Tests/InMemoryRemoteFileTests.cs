using Hctef.Tests.Files;

namespace Hctef.Tests;

public sealed class InMemoryRemoteFileTests
{
    private static readonly byte[] Content = TestContent.Create(1_000);

    [Fact]
    public async Task ItTellsWhatItWasGiven()
    {
        var modified = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);
        var url = new Uri("https://example.com/a");
        var file = new InMemoryRemoteFile(Content, url, "\"v1\"", modified, "application/zip");
        Assert.Same(url, file.Uri);
        RemoteFileInfo info = await file.GetInfoAsync();
        Assert.Equal(
            new RemoteFileInfo
            {
                Length = 1_000,
                EntityTag = "\"v1\"",
                LastModified = modified,
                ContentType = "application/zip",
                Consistency = RemoteFileConsistency.StrongEntityTag,
            },
            info);
        Assert.Equal(info, await file.RevalidateAsync());
        Assert.Equal(info, file.GetInfo());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("W/\"weak\"")]
    public void WithoutAStrongTagNothingIsProved(string? entityTag)
    {
        var file = new InMemoryRemoteFile(Content, entityTag: entityTag);
        Assert.Equal(RemoteFileConsistency.ThisOpenOnly, file.GetInfo().Consistency);
        Assert.True(file.Uri.IsAbsoluteUri);
    }

    [Fact]
    public void ArgumentsThatAreNotOnesAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new InMemoryRemoteFile(Content, new Uri("a/b", UriKind.Relative)));
        Assert.Throws<ArgumentException>(() => new InMemoryRemoteFile(Content, entityTag: "unquoted"));
        var file = new InMemoryRemoteFile(Content);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = file.ReadAsync(new byte[1], -1); });
        Assert.Throws<ArgumentNullException>(() => { _ = file.PrefetchAsync(null!); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = file.PrefetchAsync([new ByteRange(0, -1)]); });
    }

    [Fact]
    public async Task ReadsFillTheBufferUnlessTheFileEnds()
    {
        var file = new InMemoryRemoteFile(Content);
        byte[] buffer = new byte[600];
        Assert.Equal(600, await file.ReadAsync(buffer, 100));
        Assert.Equal(Content[100..700], buffer);
        Assert.Equal(400, await file.ReadAsync(buffer, 600));
        Assert.Equal(Content[600..], buffer[..400]);
        Assert.Equal(0, await file.ReadAsync(buffer, 1_000));
        Assert.Equal(0, await file.ReadAsync(buffer, long.MaxValue));
    }

    [Fact]
    public async Task EveryByteCountsAsCached()
    {
        var file = new InMemoryRemoteFile(Content);
        Assert.Equal(default, file.GetStatistics());
        Assert.Equal([new ByteRange(0, 1_000)], file.GetCachedRanges());
        Assert.Empty(new InMemoryRemoteFile(ReadOnlyMemory<byte>.Empty).GetCachedRanges());
        Assert.Equal(0, await file.PrefetchAsync([new ByteRange(0, 5_000)]));
        await file.ReadAsync(new byte[300], 0);
        file.Read(new byte[300], 900);
        Assert.Equal(new RemoteFileStatistics { BytesServed = 400, Hits = 2 }, file.GetStatistics());
    }

    [Fact]
    public async Task ACancelledTokenIsObeyed()
    {
        var file = new InMemoryRemoteFile(Content);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => file.ReadAsync(new byte[1], 0, cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => file.GetInfoAsync(cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => file.PrefetchAsync([], cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => file.OpenStreamAsync(cancelled).AsTask());
        Assert.Equal(default, file.GetStatistics());
    }

    [Fact]
    public async Task UseAfterDisposeIsRefused()
    {
        var file = new InMemoryRemoteFile(Content);
        await file.DisposeAsync();
        file.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.ReadAsync(new byte[1], 0).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.GetInfoAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.RevalidateAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.PrefetchAsync([]).AsTask());
        Assert.Throws<ObjectDisposedException>(() => file.OpenStream());
        Assert.Throws<ObjectDisposedException>(() => file.Read(new byte[1], 0));
    }
}
