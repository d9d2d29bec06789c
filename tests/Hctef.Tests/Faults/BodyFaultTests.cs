using Hctef.Tests.Files;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>Bodies that break, stall or belong to a file of absurd length; readers who leave meanwhile.</summary>
public sealed class BodyFaultTests
{
    private const int Length = 100_000;
    private const int Count = 20_000;

    private readonly HostileFile _file = new(Length);

    public static TheoryData<int, bool> Breaks
    {
        get
        {
            var data = new TheoryData<int, bool>();
            foreach (int k in (int[])[0, 1, 4095, 4096, 4097, 8191, 8192, 8193, 20_479])
            {
                data.Add(k, false);
                data.Add(k, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task B2_what_breaks_after_k_bytes_is_resumed(int k, bool reset)
    {
        await using HostileRig rig = new(request =>
        {
            HostileFile.Truth truth = _file.Of(request);
            LyingReply part = truth.Head(("Content-Length", $"{truth.Count}")).Write(truth.Body.AsSpan(0, Math.Min(k, truth.Count)));
            return request.Number != 2 ? truth.Reply() : reset ? part.Reset() : part.Fin();
        });
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        await AssertReadsAsync(file, _file, 0);
        if (!reset)
            Assert.Equal($"bytes={k}-20479", rig.Server.Requests[2].Range);
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData(1L << 62, PrefetchDirection.End)]
    [InlineData(1L << 62, PrefetchDirection.Start)]
    [InlineData(long.MaxValue, PrefetchDirection.End)]
    [InlineData(long.MaxValue, PrefetchDirection.Start)]
    public async Task F5_a_file_of_absurd_length_costs_no_memory(long length, PrefetchDirection direction)
    {
        var huge = new HostileFile(length);
        await using HostileRig rig = new(huge.Answer);
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchDirection = direction);
        Assert.Equal(length, file.GetInfo().Length);
        await AssertReadsAsync(file, huge, 0);
        await AssertReadsAsync(file, huge, (length / 2) + 1);
        await AssertReadsAsync(file, huge, length - Count);
        Assert.Equal(0, await file.ReadAsync(new byte[10], length, sync: false));
        Assert.Equal(1, await file.ReadAsync(new byte[10], length - 1, sync: false));
        await using (RemoteFileStream stream = file.OpenStream(CursorCaching.Uncached))
        {
            stream.Seek(-Count, SeekOrigin.End);
            byte[] buffer = new byte[Count];
            await stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(FileRig.HangGuard);
            Assert.True(huge.Content.Matches(buffer, length - Count));
        }

        await rig.AssertCleanAsync(huge.Content, failure: null);
    }

    [Fact]
    public async Task A20_a_flood_of_interim_replies_is_bounded()
    {
        await using HostileRig rig = new(
            _ => LyingReply.Nothing.WriteForever("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"u8));
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync());
        Assert.Equal(HctefNetworkError.LimitExceeded, failure.Error);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task E1_E2_silence_is_a_timeout_and_no_cancellation(bool inTheBody)
    {
        await using HostileRig rig = new(
            request => request.Number == 1 ? _file.Answer(request)
                : inTheBody ? _file.Of(request).Head().Write("x").Stall() : LyingReply.Nothing.Stall(),
            options =>
            {
                options.Transport.FirstByteTimeout = TimeSpan.FromMilliseconds(inTheBody ? 60_000 : 50);
                options.Transport.IdleTimeout = TimeSpan.FromMilliseconds(50);
                options.Retry.MaxRetries = 1;
            });
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => file.ReadAsync(new byte[Count], 0, sync: false));
        Assert.Equal(HctefNetworkError.Timeout, failure.Error);
        Assert.Empty(file.GetCachedRanges());
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L2_when_all_leave_the_request_is_dropped(bool inTheBody)
    {
        await using HostileRig rig = Stalling(inTheBody);
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        using var cancellation = new CancellationTokenSource();
        Task<int>[] reads = [.. Enumerable.Range(0, 10).Select(_ => file.ReadAsync(new byte[90_000], 0, cancellation.Token).AsTask())];
        await rig.Server.WhenRequests(2).WaitAsync(FileRig.HangGuard);
        await cancellation.CancelAsync();
        foreach (Task<int> read in reads)
        {
            OperationCanceledException failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            Assert.Equal(cancellation.Token, failure.CancellationToken);
            Canary.AssertAbsent(failure);
        }

        await rig.Server.WhenDropped(1).WaitAsync(FileRig.HangGuard);
        await rig.WhenQuietAsync();
        Assert.Equal(2, rig.Server.Requests.Count);
        rig.Script = _file.Answer;
        await AssertReadsAsync(file, _file, 0);
        await rig.AssertCleanAsync(_file.Content, failure: null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task L5_closing_ends_reads_that_wait(bool inTheBody)
    {
        await using HostileRig rig = Stalling(inTheBody);
        IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        Task<int> read = file.ReadAsync(new byte[90_000], 0).AsTask();
        await rig.Server.WhenRequests(2).WaitAsync(FileRig.HangGuard);
        file.Dispose();
        file.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(FileRig.HangGuard));
        await rig.Server.WhenDropped(1).WaitAsync(FileRig.HangGuard);
        await rig.WhenQuietAsync();
    }

    private static async Task AssertReadsAsync(IRemoteFile file, HostileFile content, long offset)
    {
        byte[] buffer = new byte[Count];
        Assert.Equal(Count, await file.ReadAsync(buffer, offset, sync: false));
        Assert.True(content.Content.Matches(buffer, offset), $"Wrong bytes at {offset}.");
    }

    private HostileRig Stalling(bool inTheBody) => new(request =>
        request.Number == 1 ? _file.Answer(request)
            : inTheBody ? _file.Of(request).Head().Write(_file.Of(request).Body.AsSpan(0, 5000)).Stall()
            : LyingReply.Nothing.Stall());
}
