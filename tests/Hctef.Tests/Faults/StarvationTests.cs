using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>Many readers and few connections, permits or threads: all of them end, and nobody asks for what another brings.</summary>
public sealed class StarvationTests
{
    private const int Block = 16 * 1024;
    private const int Length = 4 << 20;

    [Fact]
    public async Task M2_one_connection_is_enough_for_a_hundred_overlapping_reads()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("file.bin", Length);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using FetchRig rig = FetchRig.Create(handler, new HctefOptions());
        RemoteFile file = await rig.OpenAsync(served.Uri);

        // A reader that rests has the only connection, until it is given up.
        await using RemoteFileStream resting = ((IRemoteFile)file).OpenStream(CursorCaching.Uncached);
        byte[] start = new byte[10];
        await resting.ReadExactlyAsync(start);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => file.AssertReadsAsync(served, i * 30_000, 50_000 + i, sync: i % 2 == 0)));

        Assert.Equal(1, server.MaxConcurrency);
    }

    [Fact]
    public async Task M4_who_holds_a_permit_needs_no_other_one()
    {
        var content = new HostileFile(Length);
        await using LyingServer target = LyingServer.Start(request => request.Number % 3 == 0 ? LyingReply.Status(503) : content.Answer(request));
        await using HostileRig rig = new(
            request => LyingReply.Status(307, ("Location", $"{target.BaseUri}there")),
            options =>
            {
                options.Transport.MaxConcurrencyPerHost = 1;
                options.Retry.MaxRetries = 100;
            });
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);

        // Reads of several pieces, which are redirected, refused, and larger than the cache lets in.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            byte[] buffer = new byte[i % 4 == 0 ? 600_000 : 30_000];
            Assert.Equal(buffer.Length, await file.ReadAsync(buffer, i * 100_000, sync: i % 3 == 0));
            Assert.True(content.Content.Matches(buffer, i * 100_000));
        }));
        await rig.WhenQuietAsync();
    }

    [Fact]
    public async Task M5_a_host_that_hangs_holds_up_none_of_ten_thousand_files_of_another()
    {
        var origin = new StubOrigin(100_000);
        using var network = new HangingHost(origin);
        using FetchRig rig = FetchRig.Create(network, FetchRig.OptionsOf(blocks: 100));
        RemoteFile[] bad = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => rig.OpenAsync(new Uri("http://bad.test/file"))));
        network.Hangs = true;
        Task<int>[] hanging = [.. Enumerable.Range(0, 100).Select(i => bad[i % 3].ReadAsync(new byte[10], i * 1000).AsTask())];

        var files = new List<RemoteFile>();
        byte[] buffer = new byte[10];
        for (int i = 0; i < 10_000; i++)
        {
            files.Add(await rig.OpenAsync(new Uri($"http://good.test/{i}")));
            Assert.Equal(10, await files[i].ReadAsync(buffer, i).AsTask().WaitAsync(FetchRig.HangGuard));
            Assert.True(origin.Content.Matches(buffer, i));
        }

        Assert.All(hanging, static read => Assert.False(read.IsCompleted));
        Array.ForEach(bad, static file => file.Dispose());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Task.WhenAll(hanging).WaitAsync(FetchRig.HangGuard));
        files.ForEach(static file => file.Dispose());

        // Little that was asked is not taken back while its reply may come; the end of all takes it back.
        rig.Engine.Dispose();
        await FetchRig.Eventually(() => rig.GateOf(new Uri("http://bad.test/")).Taken == 0, "the permits of the bad host");
    }

    [Fact]
    public async Task M6_a_thousand_overlapping_reads_ask_for_every_block_once()
    {
        await using FileRig rig = await FileRig.StartAsync();
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await rig.ForgetAsync();
        var random = new Random(6);
        (int Offset, int Count)[] reads =
            [.. Enumerable.Range(0, 1000).Select(_ => (random.Next(Length / 4), random.Next(1, 3 * Block)))];
        await Task.WhenAll(reads.Select(read => Task.Run(() => file.AssertReadsAsync(served, read.Offset, read.Count))));
        await rig.WhenQuietAsync();

        var asked = AskedRanges.Of(rig.Ranges);
        Assert.False(asked.Overlap);
        Assert.InRange(asked.Bytes, 1, (Length / 4) + (4 * Block));
    }

    /// <summary>One host of the network accepts requests and never answers, when it is told to.</summary>
    private sealed class HangingHost(HttpMessageHandler network) : DelegatingHandler(network)
    {
        private volatile bool _hangs;

        public bool Hangs
        {
            set => _hangs = value;
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_hangs && request.RequestUri!.Host == "bad.test")
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
