using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>A length is the server's word: work goes by what there is memory for.</summary>
public sealed class HugeFileTests
{
    private const long Length = 1L << 60;
    private const int Blocks = 64;

    [Fact]
    public async Task F5_a_prefetch_of_a_file_of_any_length_ends_with_what_half_the_cache_holds()
    {
        var origin = new StubOrigin(Length);
        using FetchRig rig = FetchRig.Create(origin, FetchRig.OptionsOf(Blocks));
        RemoteFile file = await rig.OpenAsync();

        long asked = await Task.Run(() => file.PrefetchAsync([new ByteRange(0, long.MaxValue)]).AsTask()).WaitAsync(FetchRig.HangGuard);

        Assert.Equal(Blocks / 2 * FetchRig.BlockBytes, asked);
        Assert.Equal([new ByteRange(0, asked)], file.GetCachedRanges());
        await rig.CheckSettledAsync(file);
    }
}
