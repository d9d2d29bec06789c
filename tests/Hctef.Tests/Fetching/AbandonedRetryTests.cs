using System.Net;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Nothing is asked again for nobody.</summary>
public sealed class AbandonedRetryTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Good = 100;

    private readonly ManualTimeProvider _time = new();
    private readonly StubOrigin _origin = new(1 << 24);
    private readonly FetchRig _rig;

    public AbandonedRetryTests() => _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks: 2 * Good), _time);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Cancelled_reads_of_a_failing_host_ask_it_no_more_and_leave_the_blocks_of_other_files()
    {
        RemoteFile good = await _rig.OpenAsync(new Uri("http://good.test/file"));
        for (int i = 0; i < Good; i++)
        {
            await good.ReadAsync(new byte[B], (long)i * B);
        }

        Assert.Equal([new ByteRange(0, Good * B)], good.GetCachedRanges());
        RemoteFile bad = await _rig.OpenAsync(new Uri("http://bad.test/file"));
        int refused = 0;
        _origin.Instead = (_, _) =>
        {
            Interlocked.Increment(ref refused);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        };
        for (int i = 1; i <= 3 * Good; i++)
        {
            using var cancellation = new CancellationTokenSource();
            Task<int> read = bad.ReadAsync(new byte[100], (long)i * B, cancellation.Token).AsTask();
            await FetchRig.Eventually(() => Volatile.Read(ref refused) == i, "the refusal");
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            await _rig.CheckSettledAsync(bad, good);

            // Without a pause the host would be left alone soon.
            _time.Advance(2 * HctefDefaults.HostFailureMemory);
        }

        Assert.Equal(3 * Good, refused);
        Assert.Equal([new ByteRange(0, Good * B)], good.GetCachedRanges());
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task A_drain_that_breaks_is_not_taken_up_again()
    {
        RemoteFile file = await _rig.OpenHeldAsync(_origin);
        using var cancellation = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[4 * B], 0, cancellation.Token).AsTask();
        StubReply reply = await _origin.WhenReply(1);
        reply.Body.ReleaseTo(B);
        await reply.Body.WhenPending();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.False(reply.Body.Disposed.IsCompleted);

        reply.Body.Break();
        await _rig.CheckSettledAsync(file);
        Assert.Single(_origin.Ranges);
        Assert.Equal([new ByteRange(0, B)], file.GetCachedRanges());
    }
}
