using System.Buffers;
using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Faults;

/// <summary>Less memory than is wanted, and memory that is used again.</summary>
public sealed class MemoryPressureTests
{
    private const int B = FetchRig.BlockBytes;

    [Fact]
    public async Task I1_a_working_set_of_ten_times_the_cache_stays_within_it()
    {
        const int Blocks = 32;
        await using FileRig rig = await FileRig.StartAsync(static options =>
        {
            HctefOptions sized = FetchRig.OptionsOf(Blocks);
            (options.Cache.BlockBytes, options.Cache.MemoryBytes) = (sized.Cache.BlockBytes, sized.Cache.MemoryBytes);
            options.FileDefaults.ReadaheadBytes = null;
        });
        ServedFile served = rig.Server.Add("file.bin", 10 * Blocks * B);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        long most = 0;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(reader => Task.Run(async () =>
        {
            var random = new Random(reader);
            for (int i = 0; i < 20; i++)
            {
                int count = random.Next(1, 3 * B);
                await file.AssertReadsAsync(served, random.NextInt64(served.Length - count), count);
                long pool = rig.Engine.Cache.PoolBytes;
                InterlockedMax(ref most, pool);
            }
        })));
        await rig.WhenQuietAsync();

        Assert.InRange(most, 1, Blocks * B);
        Assert.InRange(file.GetCachedRanges().Sum(static range => range.Length), 1, Blocks * B);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(10_000, 2000)]
    public async Task I3_who_writes_into_the_buffer_changes_no_later_read(int count, int offset)
    {
        var origin = new StubOrigin(100_000);
        using FetchRig rig = FetchRig.Create(origin, FetchRig.OptionsOf(blocks: 64));
        RemoteFile file = await rig.OpenAsync();
        byte[] buffer = new byte[count];
        Assert.Equal(count, await file.ReadAsync(buffer, offset));
        int requests = origin.Replies.Count;
        for (int i = 0; i < 3; i++)
        {
            buffer.AsSpan().Fill(0xEE);
            Assert.Equal(count, await file.ReadAsync(buffer, offset));
            Assert.True(origin.Content.Matches(buffer, offset));
        }

        buffer.AsSpan().Fill(0xEE);

        Assert.Equal(count, file.Read(buffer, offset));
        Assert.True(origin.Content.Matches(buffer, offset));
        Assert.Equal(requests, origin.Replies.Count);
    }

    [Fact]
    public async Task I4_the_buffer_of_a_cancelled_read_is_nobodys_while_its_receive_pends()
    {
        var origin = new StubOrigin(1 << 20)
        {
            Prepare = static reply =>
            {
                reply.Body.IgnoresCancellation = true;
                return reply;
            },
        };
        using FetchRig rig = FetchRig.Create(origin, FetchRig.OptionsOf(blocks: 0));
        RemoteFile file = await rig.OpenHeldAsync(origin);
        using var cancellation = new CancellationTokenSource();
        byte[] buffer = new byte[200_000];
        Task<int> read = file.ReadAsync(buffer, 0, cancellation.Token).AsTask();
        StubReply reply = await origin.WhenReply(1);
        await reply.Body.WhenPending();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);

        // Whatever the pool still has, filled with poison: the late bytes of the receive must not come here, nor into the caller's buffer.
        byte[][] rented = [.. Enumerable.Range(0, 200).Select(static _ => ArrayPool<byte>.Shared.Rent(64 * 1024))];
        Array.ForEach(rented, static memory => memory.AsSpan().Fill(0xEE));
        reply.Body.ReleaseAll();
        await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);

        Assert.All(rented, static memory => Assert.False(memory.AsSpan().ContainsAnyExcept((byte)0xEE)));
        Assert.False(buffer.AsSpan().ContainsAnyExcept((byte)0));
        Array.ForEach(rented, static memory => ArrayPool<byte>.Shared.Return(memory));
    }

    private static void InterlockedMax(ref long target, long value)
    {
        long seen = Volatile.Read(ref target);
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is long other && other != seen)
            seen = other;
    }
}
