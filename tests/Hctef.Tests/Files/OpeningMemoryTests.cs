using System.Net;
using Hctef.Files;
using Hctef.Tests.Fetching;

namespace Hctef.Tests.Files;

/// <summary>What openings take of the cache.</summary>
public sealed class OpeningMemoryTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Blocks = 20;

    private readonly StubOrigin _origin = new(1 << 20);
    private readonly FetchRig _rig;

    public OpeningMemoryTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(Blocks));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Openings_that_wait_for_their_reply_evict_nothing()
    {
        RemoteFile good = await _rig.OpenAsync(new Uri("http://good.test/file"));
        await good.ReadAsync(new byte[2 * B], 0);
        for (int i = 2; i < Blocks; i += 2)
        {
            await good.ReadAsync(new byte[2 * B], (long)i * B);
        }

        Assert.Equal([new ByteRange(0, Blocks * B)], good.GetCachedRanges());
        var asked = new SemaphoreSlim(0);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _origin.Instead = async (_, cancellation) =>
        {
            asked.Release();
            await answer.Task.WaitAsync(cancellation);
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        };
        Task<RemoteFile>[] openings =
            [.. Enumerable.Range(0, Blocks).Select(i => _rig.OpenAsync(new Uri($"http://slow{i}.test/file"), prefetchBytes: 4 * B))];
        foreach (Task<RemoteFile> _ in openings)
        {
            Assert.True(await asked.WaitAsync(FetchRig.HangGuard));
        }

        Assert.Equal([new ByteRange(0, Blocks * B)], good.GetCachedRanges());
        answer.SetResult();
        foreach (Task<RemoteFile> opening in openings)
        {
            await Assert.ThrowsAsync<HctefNetworkException>(() => opening);
        }

        Assert.Equal([new ByteRange(0, Blocks * B)], good.GetCachedRanges());
        await _rig.CheckSettledAsync(good);
    }
}
