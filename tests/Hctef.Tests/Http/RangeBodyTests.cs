using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RangeBodyTests
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What a body must bring in one idle timeout.</summary>
    private const int EnoughBytes = 3000;

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedStream _stream = new();
    private readonly byte[] _buffer = new byte[16];

    [Fact]
    public async Task The_end_is_told_only_behind_every_byte()
    {
        using RangeBody body = Of(_stream.Then(1, 2, 3, 4).Then(5), 5);

        Assert.Equal(4, await body.ReadAsync(_buffer, default));
        Assert.Equal([1, 2, 3, 4], _buffer[..4]);
        Assert.Equal(1, await body.ReadAsync(_buffer, default));
        Assert.Equal(5, _buffer[0]);
        Assert.Equal(0, await body.ReadAsync(_buffer, default));
        Assert.Equal(0, await body.ReadAsync(_buffer, default));
    }

    [Fact]
    public async Task Single_bytes_are_counted_like_any()
    {
        for (byte i = 0; i < 10; i++)
        {
            _stream.Then(i);
        }

        using RangeBody body = Of(_stream, 10);

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(1, await body.ReadAsync(_buffer, default));
            Assert.Equal(i, _buffer[0]);
        }

        Assert.Equal(0, await body.ReadAsync(_buffer, default));
    }

    [Fact]
    public async Task A7_a_body_that_ends_early_is_a_broken_connection()
    {
        using RangeBody body = Of(_stream.Then(1, 2, 3), 5);
        await body.ReadAsync(_buffer, default);

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));

        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        Assert.Contains("3 of 5", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A6_a_body_that_goes_on_gives_the_range_and_then_fails_for_good()
    {
        using RangeBody body = Of(_stream.Then(1, 2, 3, 4, 5, 6), 5);

        Assert.Equal(5, await body.ReadAsync(_buffer, default));
        Assert.Equal(0, _buffer[5]);
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));

        Assert.Equal((HctefNetworkError.Protocol, false), (failure.Error, failure.IsTransient));
        await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));
    }

    [Fact]
    public async Task B2_a_reset_is_a_broken_connection()
    {
        using RangeBody body = Of(_stream.Then(1).ThenFails(new IOException("reset")), 5);
        await body.ReadAsync(_buffer, default);

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));

        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        Assert.Equal("reset", failure.InnerException!.Message);
    }

    [Fact]
    public async Task F2_invalid_framing_is_a_protocol_error()
    {
        using RangeBody body = Of(_stream.ThenFails(new HttpIOException(HttpRequestError.InvalidResponse)), 5);

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));

        Assert.Equal((HctefNetworkError.Protocol, false), (failure.Error, failure.IsTransient));
    }

    [Fact]
    public async Task What_a_handlers_stream_throws_is_wrapped()
    {
        using RangeBody body = Of(_stream.ThenFails(new FormatException("strange")), 5);

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));

        Assert.Equal((HctefNetworkError.Unknown, false), (failure.Error, failure.IsTransient));
    }

    [Fact]
    public async Task E2_a_silent_body_times_out_and_names_the_option()
    {
        using RangeBody body = Of(_stream.Then(1).ThenPends(new TaskCompletionSource<byte[]>()), 5);
        await body.ReadAsync(_buffer, default);

        ValueTask<int> pending = body.ReadAsync(_buffer, default);
        _time.Advance(IdleTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(pending.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await pending);
        Assert.Equal((HctefNetworkError.Timeout, true), (failure.Error, failure.IsTransient));
        Assert.Contains("HctefOptions.Transport.IdleTimeout", failure.Message, StringComparison.Ordinal);

        var again = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));
        Assert.Equal(HctefNetworkError.Timeout, again.Error);
    }

    [Fact]
    public async Task Every_receive_has_an_idle_time_of_its_own()
    {
        var gates = new TaskCompletionSource<byte[]>[5];
        for (int i = 0; i < gates.Length; i++)
        {
            gates[i] = new TaskCompletionSource<byte[]>();
            _stream.ThenPends(gates[i]);
        }

        using RangeBody body = Of(_stream, gates.Length * EnoughBytes);
        byte[] buffer = new byte[EnoughBytes];

        foreach (TaskCompletionSource<byte[]> gate in gates)
        {
            ValueTask<int> pending = body.ReadAsync(buffer, default);
            _time.Advance(IdleTimeout - TimeSpan.FromSeconds(1));
            gate.SetResult(new byte[EnoughBytes]);
            Assert.Equal(EnoughBytes, await pending);
            _time.Advance(IdleTimeout - TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, await body.ReadAsync(_buffer, default));
    }

    [Theory]
    [InlineData(1, 30)]
    [InlineData(99, 30)]
    [InlineData(100, 60)]
    public async Task E3_a_body_that_trickles_is_given_up(int bytesPerSecond, int seconds)
    {
        var gates = new TaskCompletionSource<byte[]>[60];
        for (int i = 0; i < gates.Length; i++)
        {
            gates[i] = new TaskCompletionSource<byte[]>();
            _stream.ThenPends(gates[i]);
        }

        using RangeBody body = Of(_stream, 1_000_000);
        byte[] buffer = new byte[1000];
        HctefNetworkException? failure = null;
        int received = 0;
        while (failure is null && received < gates.Length)
        {
            ValueTask<int> pending = body.ReadAsync(buffer, default);
            _time.Advance(TimeSpan.FromSeconds(1));
            gates[received++].SetResult(new byte[bytesPerSecond]);
            failure = await Record.ExceptionAsync(async () => await pending) as HctefNetworkException;

            // What the reader does meanwhile is not the server's fault.
            _time.Advance(TimeSpan.FromSeconds(100));
        }

        Assert.Equal(seconds, received);
        Assert.Equal(bytesPerSecond < 100, failure is { Error: HctefNetworkError.Timeout, IsTransient: true });
        if (failure is not null)
        {
            Assert.Contains("HctefOptions.Transport.IdleTimeout", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_timer_that_fires_early_is_armed_again()
    {
        using RangeBody body = Of(_stream.ThenPends(new TaskCompletionSource<byte[]>()), 5);

        ValueTask<int> pending = body.ReadAsync(_buffer, default);
        _time.Advance(IdleTimeout - TimeSpan.FromMilliseconds(1));
        _time.FireEarly();
        Assert.False(pending.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await pending);
        Assert.Equal(HctefNetworkError.Timeout, failure.Error);
    }

    [Fact]
    public async Task A_reader_that_pauses_does_not_time_out()
    {
        var gate = new TaskCompletionSource<byte[]>();
        using RangeBody body = Of(_stream.ThenPends(gate).Then(2), 2);
        ValueTask<int> pending = body.ReadAsync(_buffer, default);
        gate.SetResult([1]);
        await pending;

        _time.Advance(IdleTimeout * 10);

        Assert.Equal(1, await body.ReadAsync(_buffer, default));
    }

    [Fact]
    public async Task A_receive_that_is_given_up_is_awaited()
    {
        var gate = new TaskCompletionSource<byte[]>();
        using RangeBody body = Of(_stream.ThenPendsStubbornly(gate), 5);

        Task<int> pending = body.ReadAsync(_buffer, default).AsTask();
        _time.Advance(IdleTimeout);
        Assert.False(pending.IsCompleted);
        gate.SetException(new IOException("aborted"));

        var failure = await Assert.ThrowsAsync<HctefNetworkException>(() => pending);
        Assert.Equal(HctefNetworkError.Timeout, failure.Error);
    }

    [Fact]
    public async Task Bytes_that_arrive_though_given_up_are_kept_but_nothing_more_is_received()
    {
        var gate = new TaskCompletionSource<byte[]>();
        using RangeBody body = Of(_stream.ThenPendsStubbornly(gate).ThenPendsStubbornly(new TaskCompletionSource<byte[]>()), 5);

        ValueTask<int> pending = body.ReadAsync(_buffer, default);
        _time.Advance(IdleTimeout);
        gate.SetResult([1, 2]);

        Assert.Equal(2, await pending);
        var failure = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));
        Assert.Equal(HctefNetworkError.Timeout, failure.Error);
    }

    [Fact]
    public async Task L4_the_callers_cancellation_is_its_own()
    {
        using var cancellation = new CancellationTokenSource();
        using RangeBody body = Of(_stream.ThenPends(new TaskCompletionSource<byte[]>()), 5);

        Task<int> pending = body.ReadAsync(_buffer, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        var later = await Assert.ThrowsAsync<HctefNetworkException>(async () => await body.ReadAsync(_buffer, default));
        Assert.Equal((HctefNetworkError.Connection, true), (later.Error, later.IsTransient));
    }

    [Fact]
    public async Task A_cancelled_token_reads_nothing()
    {
        using RangeBody body = Of(_stream.Then(1), 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await body.ReadAsync(_buffer, new CancellationToken(canceled: true)));

        Assert.Equal(1, await body.ReadAsync(_buffer, default));
    }

    [Fact]
    public async Task An_empty_buffer_is_refused()
    {
        using RangeBody body = Of(_stream.Then(1), 1);
        await Assert.ThrowsAsync<ArgumentException>(async () => await body.ReadAsync(Memory<byte>.Empty, default));
    }

    [Fact]
    public async Task Bytes_that_are_there_need_no_timer()
    {
        using RangeBody body = Of(_stream.Then(1, 2), 2);
        await body.ReadAsync(_buffer, default);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Disposing_leaves_no_timer()
    {
        var gate = new TaskCompletionSource<byte[]>();
        RangeBody body = Of(_stream.ThenPends(gate), 2);
        ValueTask<int> pending = body.ReadAsync(_buffer, default);
        Assert.Equal(1, _time.ArmedTimers);
        gate.SetResult([1]);
        await pending;

        body.Dispose();

        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public void Bytes_that_are_there_are_read_without_allocation()
    {
        const int Reads = 1000;
        using RangeBody body = Of(new MemoryStream(new byte[2 * Reads]), 2 * Reads);
        Memory<byte> one = _buffer.AsMemory(0, 1);
        Read(Reads);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(Reads);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Read(int times)
        {
            for (int i = 0; i < times; i++)
            {
                ValueTask<int> read = body.ReadAsync(one, default);
                if (!read.IsCompletedSuccessfully || read.Result != 1)
                {
                    Assert.Fail("The byte was there and was not read at once.");
                }
            }
        }
    }

    private RangeBody Of(Stream stream, long length)
    {
        RangeTarget target = RangeTarget.Create(new Uri("https://host.example/file"), [], []);
        return new RangeBody(stream, length, IdleTimeout, _time, new RequestLabel(target, RequestedRange.Closed(0, length)));
    }
}
