using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Reads that the cache is too small for.</summary>
public sealed class SmallCacheTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Readers = 64;

    private FetchRig? _rig;

    public void Dispose() => _rig?.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task I1_sixty_four_readers_through_one_block(bool sameBlock)
    {
        var origin = new StubOrigin(Readers * B);
        _rig = FetchRig.Create(origin, FetchRig.OptionsOf(blocks: 1));
        Assert.Equal(1, _rig.Cache.Capacity);
        RemoteFile file = await _rig.OpenAsync();
        origin.Forget();

        for (int round = 0; round < 10; round++)
        {
            using var start = new Barrier(Readers / 2);
            byte[][] buffers = [.. Enumerable.Range(0, Readers).Select(static _ => new byte[B - 20])];
            Task<int>[] reads = [.. buffers.Select((buffer, i) => i % 2 == 0
                ? Task.Factory.StartNew(() => StartTogether(start, () => file.Read(buffer, Offset(i))), TaskCreationOptions.LongRunning)
                : Task.Run(() => file.ReadAsync(buffer, Offset(i)).AsTask()))];

            await Task.WhenAll(reads).WaitAsync(FetchRig.HangGuard);
            Assert.All(
                buffers.Select(static (buffer, i) => (buffer, i)),
                read => Assert.True(origin.Content.Matches(read.buffer, Offset(read.i))));
        }

        if (sameBlock)
        {
            Assert.Equal(["0-4096"], origin.Ranges);
        }

        Assert.Equal(B, _rig.Cache.PoolBytes);
        await _rig.CheckSettledAsync(file);

        int Offset(int reader) => sameBlock ? 7 : (reader * B) + 7;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task I5_a_read_of_64_MiB_through_16_MiB_is_right_and_drives_nothing_out(bool sync)
    {
        const int Length = 64 << 20;
        var origin = new StubOrigin(Length + B);
        _rig = FetchRig.Create(origin, Sized(16 << 20));
        RemoteFile file = await _rig.OpenAsync();
        await file.ReadAsync(new byte[10 * B], 30 << 20);
        IReadOnlyList<ByteRange> cached = file.GetCachedRanges();
        byte[] buffer = new byte[Length];

        int count = sync ? file.Read(buffer, 5) : await file.ReadAsync(buffer, 5);

        Assert.Equal(Length, count);
        Assert.True(origin.Content.Matches(buffer, 5));
        Assert.Equal(cached, file.GetCachedRanges());
        Assert.InRange(_rig.Cache.PoolBytes, 1, 16 << 20);
        await _rig.CheckSettledAsync(file);

        static HctefOptions Sized(long bytes)
        {
            var options = new HctefOptions();
            options.Cache.MemoryBytes = bytes;
            return options;
        }
    }

    private static int StartTogether(Barrier start, Func<int> read)
    {
        start.SignalAndWait();
        return read();
    }
}
