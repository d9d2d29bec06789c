using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Servers that refuse or misread the suffix range are asked a closed one, and no suffix again.</summary>
public sealed class OpeningLadderTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Tail = 64 * 1024;
    private const int Suffix = Tail + Block - 1;
    private const long Length = 512L << 20;

    private FileRig _rig = null!;

    public async Task InitializeAsync() => _rig = await FileRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task An_honest_server_is_asked_one_suffix_for_each_file()
    {
        await OpenAndReadTailAsync(SuffixBehaviour.Honest, Length);
        await OpenAndReadTailAsync(SuffixBehaviour.Honest, Length);

        Assert.Equal([$"bytes=-{Suffix}", $"bytes=-{Suffix}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(SuffixBehaviour.AsPrefix)]
    [InlineData(SuffixBehaviour.WholeAs206)]
    public async Task A_misplaced_206_tells_the_length_so_that_the_end_is_asked_next(SuffixBehaviour behaviour)
    {
        await OpenAndReadTailAsync(behaviour, Length);

        Assert.Equal([$"bytes=-{Suffix}", $"bytes={Length - Tail - Block}-{Length - 1}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(SuffixBehaviour.WholeAs200)]
    [InlineData(SuffixBehaviour.Status400)]
    [InlineData(SuffixBehaviour.Status416)]
    [InlineData(SuffixBehaviour.Status501)]
    public async Task After_a_refusal_the_first_block_is_asked_and_then_the_end(SuffixBehaviour behaviour)
    {
        await OpenAndReadTailAsync(behaviour, Length);

        Assert.Equal([$"bytes=-{Suffix}", $"bytes=0-{Block - 1}", $"bytes={Length - Tail}-{Length - 1}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(SuffixBehaviour.AsPrefix)]
    [InlineData(SuffixBehaviour.WholeAs200)]
    [InlineData(SuffixBehaviour.WholeAs206)]
    [InlineData(SuffixBehaviour.Status400)]
    [InlineData(SuffixBehaviour.Status416)]
    [InlineData(SuffixBehaviour.Status501)]
    public async Task The_next_file_on_that_host_is_not_asked_a_suffix(SuffixBehaviour behaviour)
    {
        await OpenAndReadTailAsync(behaviour, Length);
        await _rig.ForgetAsync();
        await OpenAndReadTailAsync(behaviour, 4 << 20);

        Assert.Equal([$"bytes=0-{Block - 1}", $"bytes={(4 << 20) - Tail}-{(4 << 20) - 1}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(SuffixBehaviour.AsPrefix, 1)]
    [InlineData(SuffixBehaviour.WholeAs206, 1)]
    [InlineData(SuffixBehaviour.WholeAs200, 2)]
    [InlineData(SuffixBehaviour.Status400, 2)]
    [InlineData(SuffixBehaviour.Status416, 2)]
    [InlineData(SuffixBehaviour.Status501, 2)]
    public async Task A_small_file_opens_right(SuffixBehaviour behaviour, int requests)
    {
        ServedFile served = Serve(behaviour, 1000);
        using IRemoteFile file = await _rig.OpenAsync(served);
        await file.AssertReadsAsync(served, 0, 1000);
        await _rig.WhenQuietAsync();

        Assert.Equal(requests, _rig.Server.RequestCount);
    }

    [Theory]
    [InlineData(SuffixBehaviour.AsPrefix)]
    [InlineData(SuffixBehaviour.WholeAs200)]
    [InlineData(SuffixBehaviour.WholeAs206)]
    public async Task The_body_of_a_misread_suffix_is_not_read(SuffixBehaviour behaviour)
    {
        ServedFile served = Serve(behaviour, Length);
        served.HoldAt(0, static request => request.Range == $"bytes=-{Suffix}");
        using IRemoteFile file = await _rig.OpenAsync(served, options => options.PrefetchBytes = Tail);
        await file.AssertReadsAsync(served, Length - Tail, Tail);
        await served.WhenAborted(1).WaitAsync(FileRig.HangGuard);

        Assert.Equal(0, _rig.Server.Log[0].BodyBytesSent);
    }

    [Fact]
    public async Task A_refusal_that_no_closed_range_confirms_is_not_remembered()
    {
        ServedFile absent = Serve(SuffixBehaviour.Status501, 1000);
        absent.SupportsRanges = false;
        await Assert.ThrowsAsync<RangeNotSupportedException>(() => _rig.OpenAsync(absent));
        await _rig.ForgetAsync();
        await OpenAndReadTailAsync(SuffixBehaviour.Honest, Length);

        Assert.Equal([$"bytes=-{Suffix}"], _rig.Ranges);
    }

    private ServedFile Serve(SuffixBehaviour behaviour, long length)
    {
        ServedFile served = _rig.Server.Add(Guid.NewGuid().ToString("N"), length);
        served.SuffixBehaviour = behaviour;
        return served;
    }

    private async Task OpenAndReadTailAsync(SuffixBehaviour behaviour, long length)
    {
        ServedFile served = Serve(behaviour, length);
        using IRemoteFile file = await _rig.OpenAsync(served, options => options.PrefetchBytes = Tail);
        Assert.Equal(length, (await file.GetInfoAsync()).Length);
        await file.AssertReadsAsync(served, length - Tail, Tail);
        await _rig.WhenQuietAsync();
    }
}
