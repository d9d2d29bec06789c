using Moq;

namespace Hctef.Tests.Files;

/// <summary>The extensions on Hctef's own files and on files that only have the public members.</summary>
public sealed partial class RemoteFileExtensionsTests
{
    private static readonly byte[] Content = TestContent.Create(10_000);

    public static TheoryData<StreamKind> Kinds => [StreamKind.InMemory, StreamKind.Foreign, StreamKind.ForeignShortAndLate];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ReadFillsTheBufferUnlessTheFileEnds(StreamKind kind)
    {
        IRemoteFile file = Create(kind);
        byte[] buffer = new byte[3_000];
        Assert.Equal(3_000, file.Read(buffer, 1_000));
        Assert.Equal(Content[1_000..4_000], buffer);
        Assert.Equal(500, file.Read(buffer, 9_500));
        Assert.Equal(Content[9_500..], buffer[..500]);
        Assert.Equal(0, file.Read(buffer, 10_000));
        Assert.Equal(0, file.Read(buffer, long.MaxValue));
        Assert.Equal(0, file.Read([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(new byte[1], -1));
    }

    [Fact]
    public void AReadLargerThanOnePieceIsWhole()
    {
        byte[] content = TestContent.Create(700_001);
        byte[] buffer = new byte[700_100];
        Assert.Equal(700_001, new ForeignFile(content).Read(buffer, 0));
        Assert.Equal(content, buffer[..700_001]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ReadExactlyAsyncFillsOrThrows(StreamKind kind)
    {
        IRemoteFile file = Create(kind);
        byte[] buffer = new byte[3_000];
        await file.ReadExactlyAsync(buffer, 7_000);
        Assert.Equal(Content[7_000..], buffer);
        await Assert.ThrowsAsync<EndOfStreamException>(() => file.ReadExactlyAsync(buffer, 7_001).AsTask());
        await Assert.ThrowsAsync<EndOfStreamException>(() => file.ReadExactlyAsync(buffer, 20_000).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => file.ReadExactlyAsync(buffer, -1).AsTask());
        await file.ReadExactlyAsync(Memory<byte>.Empty, 20_000);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ReadRangesAsyncFillsEveryBuffer(StreamKind kind)
    {
        RangeRead[] reads = [.. Enumerable.Range(0, 40).Select(i => new RangeRead((long)(39 - i) * 250, new byte[i == 5 ? 0 : 249]))];
        await Create(kind).ReadRangesAsync(reads);
        Assert.All(reads, read => Assert.Equal(Content.AsSpan((int)read.FileOffset, read.Buffer.Length), read.Buffer.Span));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ReadRangesAsyncThrowsWhereTheFileEndsAndChecksItsArguments(StreamKind kind)
    {
        IRemoteFile file = Create(kind);
        await Assert.ThrowsAsync<EndOfStreamException>(
            () => file.ReadRangesAsync([new RangeRead(0, new byte[10]), new RangeRead(9_991, new byte[10])]).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => file.ReadRangesAsync(null!).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => file.ReadRangesAsync([new RangeRead(-1, new byte[1])]).AsTask());
        await file.ReadRangesAsync([]);
    }

    [Fact]
    public async Task ForeignReadsRunEightAtOnce()
    {
        var eight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var file = new ForeignFile(Content)
        {
            Gate = eight.Task,
            ReadStarting = number =>
            {
                if (number == 8)
                    eight.SetResult();
            },
        };
        await file.ReadRangesAsync([.. Enumerable.Range(0, 200).Select(i => new RangeRead(i, new byte[10]))]);
        Assert.Equal(200, file.Reads);
        Assert.Equal(8, file.MostReadsAtOnce);
    }

    [Fact]
    public async Task ForeignReadsHaveAllEndedWhenOneFails()
    {
        var file = new ForeignFile(Content) { Late = true, Failure = new HctefException("broken") };
        Exception thrown = await Assert.ThrowsAsync<HctefException>(
            () => file.ReadRangesAsync([.. Enumerable.Range(0, 200).Select(i => new RangeRead(i, new byte[10]))]).AsTask());
        Assert.Same(file.Failure, thrown);
        Assert.Equal(0, file.ReadsUnderWay);
        Assert.InRange(file.Reads, 1, 8);
    }

    [Fact]
    public async Task ForeignReadsAreCancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var file = new ForeignFile(Content) { Gate = new TaskCompletionSource().Task };
        Task reads = file.ReadRangesAsync([new RangeRead(0, new byte[1]), new RangeRead(5, new byte[1])], cancellation.Token).AsTask();
        Task copy = file.CopyToAsync(Stream.Null, new ByteRange(0, 10), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reads);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task CopyToAsyncCopiesARangeClippedAtTheEnd(StreamKind kind)
    {
        IRemoteFile file = Create(kind);
        Assert.Equal(Content[123..5_123], await CopyAsync(file, new ByteRange(123, 5_000)));
        Assert.Equal(Content[9_990..], await CopyAsync(file, new ByteRange(9_990, long.MaxValue)));
        Assert.Empty(await CopyAsync(file, new ByteRange(10_000, 5)));
        Assert.Empty(await CopyAsync(file, new ByteRange(long.MaxValue, long.MaxValue)));
        Assert.Empty(await CopyAsync(file, new ByteRange(5, 0)));
    }

    [Fact]
    public async Task CopyToAsyncCopiesMoreThanOnePiece()
    {
        byte[] content = TestContent.Create(1_000_003);
        Assert.Equal(content, await CopyAsync(new InMemoryRemoteFile(content), new ByteRange(0, content.Length)));
        Assert.Equal(content[7..], await CopyAsync(new ForeignFile(content, 100_000) { Late = true }, new ByteRange(7, content.Length)));
    }

    [Fact]
    public async Task CopyToAsyncChecksItsArguments()
    {
        IRemoteFile file = Create(StreamKind.InMemory);
        var all = new ByteRange(0, 1);
        await Assert.ThrowsAsync<ArgumentNullException>(() => file.CopyToAsync(null!, all));
        await Assert.ThrowsAsync<ArgumentNullException>(() => ((IRemoteFile)null!).CopyToAsync(Stream.Null, all));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => file.CopyToAsync(Stream.Null, new ByteRange(-1, 1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => file.CopyToAsync(Stream.Null, new ByteRange(1, -1)));
        await Assert.ThrowsAsync<NotSupportedException>(() => file.CopyToAsync(new MemoryStream([], writable: false), all));
        var closed = new MemoryStream();
        await closed.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.CopyToAsync(closed, all));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GetInfoTellsTheLength(StreamKind kind) => Assert.Equal(10_000, Create(kind).GetInfo().Length);

    [Fact]
    public void PrefetchHandsTheRangesOnAndChecksThem()
    {
        var file = new ForeignFile(Content);
        ByteRange[] ranges = [new(1, 2), new(30, 40)];
        Assert.Equal(42, file.Prefetch(ranges));
        Assert.Equal(ranges, file.Prefetched);
        Assert.Equal(0, new InMemoryRemoteFile(Content).Prefetch(ranges));
        Assert.Throws<ArgumentNullException>(() => file.Prefetch(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Prefetch([new ByteRange(-1, 1)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Prefetch([new ByteRange(1, -1)]));
    }

    [Fact]
    public void AFailureOfAForeignFileComesOutAsItself()
    {
        var failure = new RemoteFileChangedException("changed");
        IRemoteFile file = new ForeignFile(Content) { Failure = failure, Late = true };
        Assert.Same(failure, Assert.Throws<RemoteFileChangedException>(() => file.Read(new byte[1], 0)));
        using RemoteFileStream stream = file.OpenStream();
        Assert.Same(failure, Assert.Throws<RemoteFileChangedException>(() => stream.ReadByte()));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    public async Task ACountThatCannotBeIsRefused(int count)
    {
        var mock = new Mock<IRemoteFile>();
        mock.Setup(f => f.ReadAsync(It.IsAny<Memory<byte>>(), It.IsAny<long>(), It.IsAny<CancellationToken>())).ReturnsAsync(count);
        Assert.Throws<HctefException>(() => mock.Object.Read(new byte[10], 0));
        await Assert.ThrowsAsync<HctefException>(() => mock.Object.ReadExactlyAsync(new byte[10], 0).AsTask());
        using var written = new MemoryStream();
        await Assert.ThrowsAsync<HctefException>(() => mock.Object.CopyToAsync(written, new ByteRange(0, 10)));
        Assert.Equal(0, written.Length);
    }

    [Fact]
    public void OpenStreamChecksItsMode()
    {
        IRemoteFile file = Create(StreamKind.InMemory);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.OpenStream((CursorCaching)9));
        Assert.Throws<ArgumentNullException>(() => ((IRemoteFile)null!).OpenStream());
    }

    private static IRemoteFile Create(StreamKind kind) => kind switch
    {
        StreamKind.InMemory => new InMemoryRemoteFile(Content),
        StreamKind.Foreign => new ForeignFile(Content),
        _ => new ForeignFile(Content, mostBytesPerRead: 97) { Late = true },
    };

    private static async Task<byte[]> CopyAsync(IRemoteFile file, ByteRange range)
    {
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy, range);
        return copy.ToArray();
    }
}
