using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary><see cref="RemoteFileStream.CopyRangeToAsync"/>.</summary>
public sealed class CopyRangeTests : IAsyncLifetime
{
    private const int Length = 4 * 1024 * 1024;

    private FileRig _rig = null!;
    private ServedFile _served = null!;
    private IRemoteFile _file = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(options => options.FileDefaults.ReadaheadBytes = null);
        _served = _rig.Server.Add("file", Length);
        _file = await _rig.OpenColdAsync(_served);
        await _rig.ForgetAsync();
    }

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task The_bytes_are_copied_and_the_position_lies_behind_them()
    {
        await using RemoteFileStream stream = await _file.OpenStreamAsync();
        stream.Position = 100_001;
        using var copy = new MemoryStream();

        await stream.CopyRangeToAsync(copy, 1_500_000);
        await stream.CopyRangeToAsync(copy, 3);

        Assert.Equal(1_600_004, stream.Position);
        Assert.Equal(1_500_003, copy.Length);
        Assert.True(_served.Matches(copy.ToArray(), 100_001));
    }

    [Fact]
    public async Task Nothing_behind_them_is_fetched()
    {
        await using RemoteFileStream stream = await _file.OpenStreamAsync();

        await stream.CopyRangeToAsync(Stream.Null, 1_500_000);
        await _rig.WhenQuietAsync();

        AskedRanges asked = AskedRanges.Of(_rig.Ranges);
        Assert.False(asked.Overlap);
        Assert.InRange(asked.End, 1_500_000, 1_500_000 + HctefDefaults.BlockBytes);
    }

    [Theory]
    [InlineData(Length - 10, 100, 10)]
    [InlineData(Length, 100, 0)]
    [InlineData(Length + 10, 100, 0)]
    [InlineData(5, 0, 0)]
    public async Task It_ends_with_the_file(long position, long length, int copied)
    {
        await using RemoteFileStream stream = await _file.OpenStreamAsync();
        stream.Position = position;
        using var copy = new MemoryStream();

        await stream.CopyRangeToAsync(copy, length);

        Assert.Equal(copied, copy.Length);
        Assert.Equal(position + copied, stream.Position);
    }

    [Fact]
    public async Task A_copy_that_fails_leaves_the_position()
    {
        await using RemoteFileStream stream = await _file.OpenStreamAsync();
        stream.Position = 50;
        _served.Update(version: 2, Length);

        await Assert.ThrowsAsync<RemoteFileChangedException>(() => stream.CopyRangeToAsync(Stream.Null, 100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => stream.CopyRangeToAsync(Stream.Null, 100, new CancellationToken(canceled: true)));

        Assert.Equal(50, stream.Position);
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        RemoteFileStream stream = await _file.OpenStreamAsync();
        await Assert.ThrowsAsync<ArgumentNullException>(() => stream.CopyRangeToAsync(null!, 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => stream.CopyRangeToAsync(Stream.Null, -1));
        await Assert.ThrowsAsync<NotSupportedException>(() => stream.CopyRangeToAsync(new MemoryStream([], writable: false), 1));
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.CopyRangeToAsync(Stream.Null, 1));
    }
}
