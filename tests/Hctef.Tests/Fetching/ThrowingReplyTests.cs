using Hctef.Files;
using Hctef.Options;

namespace Hctef.Tests.Fetching;

/// <summary>Replies whose content throws when it is dropped, as a user's handler may make them: nobody waits, and no permit is lost.</summary>
public sealed class ThrowingReplyTests : IDisposable
{
    private readonly StubOrigin _origin = new(64 * FetchRig.BlockBytes);
    private readonly ThrowingHandler _handler;
    private readonly FetchRig _rig;

    public ThrowingReplyTests()
    {
        _handler = new ThrowingHandler(_origin);
        _rig = FetchRig.Create(_handler, FetchRig.OptionsOf(blocks: 100));
    }

    public void Dispose()
    {
        _rig.Dispose();
        _handler.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_brings_its_bytes(bool sync)
    {
        using RemoteFile file = await _rig.OpenAsync();
        byte[] buffer = new byte[2 * FetchRig.BlockBytes];
        int count = sync
            ? await Task.Factory.StartNew(() => file.Read(buffer, 0), TaskCreationOptions.LongRunning).WaitAsync(FetchRig.HangGuard)
            : await file.ReadAsync(buffer, 0).AsTask().WaitAsync(FetchRig.HangGuard);

        Assert.Equal(buffer.Length, count);
        Assert.True(_origin.Content.Matches(buffer, 0));
        await _rig.CheckSettledAsync(file);
        Assert.True(_handler.Thrown > 0);
    }

    [Fact]
    public async Task An_opening_that_is_refused_is_told_why_and_gives_back_its_permit()
    {
        var uri = new Uri("http://stub.test/file");
        var options = new ResolvedFileOptions { PrefetchBytes = 0, ExpectedEntityTag = "\"another\"" };
        await Assert.ThrowsAsync<RemoteFileChangedException>(
            () => _rig.Engine.OpenAsync(uri, options, CancellationToken.None).WaitAsync(FetchRig.HangGuard));

        Assert.Equal(0, _rig.GateOf(uri).Taken);
        Assert.Equal(1, _handler.Thrown);
    }

    [Fact]
    public async Task A_reader_that_leaves_gives_back_its_permit()
    {
        using RemoteFile file = await _rig.OpenHeldAsync(_origin);
        using var leaving = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[64 * FetchRig.BlockBytes], 0, leaving.Token).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        await reply.Body.WhenPending();
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(FetchRig.HangGuard));
        reply.Body.ReleaseAll();
        await _rig.CheckSettledAsync(file);
    }

    private sealed class ThrowingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private int _thrown;

        public int Thrown => Volatile.Read(ref _thrown);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            HttpContent content = response.Content;
            response.Content = new ThrowingContent(await content.ReadAsStreamAsync(cancellationToken), () => Interlocked.Increment(ref _thrown));
            foreach ((string name, IEnumerable<string> values) in content.Headers)
                response.Content.Headers.TryAddWithoutValidation(name, values);
            return response;
        }
    }

    private sealed class ThrowingContent(Stream body, Action thrown) : StreamContent(body)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            thrown();
            throw new InvalidOperationException("A content of the user.");
        }
    }
}
