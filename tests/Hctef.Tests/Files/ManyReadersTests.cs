using Hctef.Files;
using Hctef.Tests.Fetching;

namespace Hctef.Tests.Files;

/// <summary>Many read ahead in a cache that is small for all of them.</summary>
public sealed class ManyReadersTests
{
    [Theory]
    [InlineData(4, 64)]
    [InlineData(32, 512)]
    [InlineData(64, 1024)]
    public async Task What_is_ahead_of_each_stays_until_it_is_read(int cursors, int cacheBlocks)
    {
        const long Run = 2 << 20;
        var origin = new StubOrigin(cursors * Run * 4);
        using FetchRig rig = FetchRig.Create(origin, FetchRig.OptionsOf(cacheBlocks, blockBytes: 16384));
        rig.Costs = new FixedCosts
        {
            Latency = TimeSpan.FromMilliseconds(50),
            BytesPerSecond = 10e6,
            GapBytes = 65536,
            SmallestPieceBytes = 256 * 1024,
            PieceBytes = 512 * 1024,
        };
        RemoteFile file = await rig.OpenAsync(readaheadBytes: null);
        origin.Forget();
        RemoteFileStream[] streams = [.. Enumerable.Range(0, cursors).Select(_ => ((IRemoteFile)file).OpenStream())];
        byte[] buffer = new byte[8192];
        for (long done = 0; done < Run; done += buffer.Length)
        {
            for (int i = 0; i < cursors; i++)
            {
                streams[i].Position = (i * Run * 4) + done;
                Assert.Equal(buffer.Length, await streams[i].ReadAsync(buffer));
                Assert.True(origin.Content.Matches(buffer, (i * Run * 4) + done));
            }
        }

        Array.ForEach(streams, static stream => stream.Dispose());
        await rig.CheckSettledAsync(file);
        Assert.InRange(origin.Replies.Sum(static reply => reply.End - reply.Start), cursors * Run, 1.3 * cursors * Run);
    }
}
