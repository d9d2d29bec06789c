namespace Hctef.Tests.Files;

/// <summary>Arguments, what is not supported, cancellation, failures, disposal and clones.</summary>
public sealed partial class RemoteFileStreamTests
{
    [Fact]
    public void CapabilitiesAreThoseOfASeekableReadOnlyStream()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        Assert.True(stream.CanRead);
        Assert.True(stream.CanSeek);
        Assert.False(stream.CanWrite);
        Assert.False(stream.CanTimeout);
        Assert.Equal(Length, stream.Length);
        stream.Flush();
        Assert.True(stream.FlushAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public void APositionOutOfRangeIsRefusedAndTheOldOneKept()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        stream.Position = 10;
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Position = -1);
        Assert.Throws<IOException>(() => stream.Seek(-1, SeekOrigin.Begin));
        Assert.Throws<IOException>(() => stream.Seek(-11, SeekOrigin.Current));
        Assert.Throws<IOException>(() => stream.Seek(-Length - 1, SeekOrigin.End));
        Assert.Throws<IOException>(() => stream.Seek(long.MinValue, SeekOrigin.End));
        Assert.Throws<IOException>(() => stream.Seek(long.MaxValue, SeekOrigin.Current));
        Assert.Throws<ArgumentException>(() => stream.Seek(0, (SeekOrigin)3));
        Assert.Equal(10, stream.Position);
        Assert.Equal(long.MaxValue, stream.Seek(long.MaxValue, SeekOrigin.Begin));
    }

    [Fact]
    public async Task ArgumentsAreCheckedAsByDotNetsOwnStreams()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        byte[] buffer = new byte[10];
        Assert.Throws<ArgumentNullException>(() => stream.Read(null!, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Read(buffer, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Read(buffer, 5, 6));
        await Assert.ThrowsAsync<ArgumentNullException>(() => stream.ReadAsync(null!, 0, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => stream.ReadAsync(buffer, 5, 6));
        Assert.Throws<ArgumentNullException>(() => stream.CopyTo(null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.CopyTo(Stream.Null, 0));
        await Assert.ThrowsAsync<ArgumentNullException>(() => stream.CopyToAsync(null!, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => stream.CopyToAsync(Stream.Null, 0));
        using var readOnly = new MemoryStream([], writable: false);
        await Assert.ThrowsAsync<NotSupportedException>(() => stream.CopyToAsync(readOnly));
        Assert.Equal(0, stream.Position);
    }

    [Fact]
    public async Task WritingIsNotSupported()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        byte[] bytes = [1];
        Assert.Throws<NotSupportedException>(() => stream.Write(bytes, 0, 1));
        Assert.Throws<NotSupportedException>(() => stream.Write(bytes.AsSpan()));
        Assert.Throws<NotSupportedException>(() => stream.WriteByte(1));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
        Assert.Throws<NotSupportedException>(() => stream.BeginWrite(bytes, 0, 1, null, null));
        await Assert.ThrowsAsync<NotSupportedException>(() => stream.WriteAsync(bytes, 0, 1));
        await Assert.ThrowsAsync<NotSupportedException>(() => stream.WriteAsync(bytes.AsMemory()).AsTask());
    }

    [Fact]
    public async Task ReadsAtTheEndAndEmptyReadsCallNobody()
    {
        var cursor = new RecordingCursor(Content);
        using var stream = new RemoteFileStream(cursor);
        Assert.Equal(0, stream.Read([]));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
        stream.Position = Length;
        Assert.Equal(0, stream.Read(new byte[1]));
        Assert.Equal(0, await stream.ReadAsync(new byte[1].AsMemory()));
        Assert.Equal(0, cursor.Reads);
    }

    [Fact]
    public async Task ThePositionMovesWhenAPendingReadHasEnded()
    {
        var gate = new TaskCompletionSource();
        using var stream = new RemoteFileStream(new RecordingCursor(Content) { Gate = gate.Task });
        stream.Position = 100;
        byte[] buffer = new byte[50];
        ValueTask<int> read = stream.ReadAsync(buffer.AsMemory());
        Assert.False(read.IsCompleted);
        Assert.Equal(100, stream.Position);
        gate.SetResult();
        Assert.Equal(50, await read);
        Assert.Equal(150, stream.Position);
        Assert.Equal(Content[100..150], buffer);
    }

    [Fact]
    public async Task AFailedOrCancelledReadLeavesThePosition()
    {
        var failure = new HctefException("broken");
        var cursor = new RecordingCursor(Content) { Failure = failure };
        using var stream = new RemoteFileStream(cursor);
        stream.Position = 100;
        Assert.Same(failure, Assert.Throws<HctefException>(() => stream.Read(new byte[10])));
        Assert.Same(failure, Assert.Throws<HctefException>(() => stream.ReadByte()));
        Assert.Same(failure, await Assert.ThrowsAsync<HctefException>(() => stream.ReadAsync(new byte[10]).AsTask()));
        Assert.Same(failure, await Assert.ThrowsAsync<HctefException>(() => stream.ReadAsync(new byte[10], 0, 10)));
        Assert.Same(failure, await Assert.ThrowsAsync<HctefException>(() => stream.CopyToAsync(Stream.Null)));
        Assert.Equal(100, stream.Position);
        cursor.Failure = null;
        Assert.Equal(Content[100], stream.ReadByte());
    }

    [Fact]
    public async Task ACancelledTokenStopsAReadBeforeItStarts()
    {
        var cursor = new RecordingCursor(Content);
        using var stream = new RemoteFileStream(cursor);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[1], cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[1], 0, 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.CopyToAsync(Stream.Null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.FlushAsync(cancelled));
        Assert.Equal(0, cursor.Reads);
        Assert.Equal(0, stream.Position);
    }

    [Fact]
    public async Task APendingReadIsCancelled()
    {
        using var cancellation = new CancellationTokenSource();
        using var stream = new RemoteFileStream(new RecordingCursor(Content) { Gate = new TaskCompletionSource().Task });
        Task<int> read = stream.ReadAsync(new byte[10], 0, 10, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(0, stream.Position);
    }

    [Fact]
    public async Task UseAfterDisposeIsRefused()
    {
        RemoteFileStream stream = Open(StreamKind.InMemory);
        stream.Dispose();
        Assert.False(stream.CanRead);
        Assert.False(stream.CanSeek);
        Assert.False(stream.CanWrite);
        Assert.Throws<ObjectDisposedException>(() => stream.Length);
        Assert.Throws<ObjectDisposedException>(() => stream.Position);
        Assert.Throws<ObjectDisposedException>(() => stream.Position = 1);
        Assert.Throws<ObjectDisposedException>(() => stream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<ObjectDisposedException>(() => stream.Read(new byte[1], 0, 1));
        Assert.Throws<ObjectDisposedException>(() => stream.Read(new byte[1].AsSpan()));
        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
        Assert.Throws<ObjectDisposedException>(() => stream.CopyTo(Stream.Null));
        Assert.Throws<ObjectDisposedException>(() => stream.Clone());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1], 0, 1));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1].AsMemory()).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.CopyToAsync(Stream.Null));
        Assert.Throws<ObjectDisposedException>(() => stream.BeginRead(new byte[1], 0, 1, null, null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DisposeIsDoneOnce(bool asyncFirst)
    {
        var cursor = new RecordingCursor(Content);
        var file = new ForeignFile(Content);
        var stream = new RemoteFileStream(cursor, file);
        if (asyncFirst)
            await stream.DisposeAsync();
        stream.Dispose();
        await stream.DisposeAsync();
        stream.Close();
        Assert.Equal(1, cursor.Disposals);
        Assert.Equal(1, file.Disposals);
    }

    [Fact]
    public void DisposingACursorNeverClosesAFileThatItDoesNotOwn()
    {
        var file = new InMemoryRemoteFile(Content);
        file.OpenStream().Dispose();
        using RemoteFileStream second = file.OpenStream();
        Assert.Equal(Content[0], second.ReadByte());
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.ReadByte());
    }

    [Fact]
    public void ACloneNeverOwnsTheFile()
    {
        var file = new ForeignFile(Content);
        using var stream = new RemoteFileStream(new RecordingCursor(Content), file);
        stream.Clone().Dispose();
        Assert.Equal(0, file.Disposals);
    }

    [Fact]
    public void AClonesPositionIsItsOwn()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        stream.Position = 300;
        using RemoteFileStream clone = stream.Clone();
        Assert.Equal(300, clone.Position);
        Assert.Equal(Content[300], clone.ReadByte());
        Assert.Equal(300, stream.Position);
        stream.Position = 9_000;
        Assert.Equal(301, clone.Position);
        stream.Dispose();
        Assert.Equal(Content[301], clone.ReadByte());
        Assert.Equal(Length, clone.Length);
    }

    [Fact]
    public async Task ClonesReadInParallel()
    {
        using RemoteFileStream stream = Open(StreamKind.ForeignShortAndLate);
        byte[][] copies = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            await using RemoteFileStream clone = stream.Clone();
            using var copy = new MemoryStream();
            await clone.CopyToAsync(copy);
            return copy.ToArray();
        }));
        Assert.All(copies, copy => Assert.Equal(Content, copy));
        Assert.Equal(0, stream.Position);
    }
}
