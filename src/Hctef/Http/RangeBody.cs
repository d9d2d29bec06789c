using System.Runtime.CompilerServices;

namespace Hctef.Http;

/// <summary>
/// The body of an accepted reply: counts its bytes and watches its silence. One reader at a time. A receive that is given up is
/// cancelled and awaited, so that its buffer is free when the read returns.
/// </summary>
/// <remarks>
/// <see cref="_state"/> is shared with the idle timer and the caller's cancellation. Whoever moves it away from
/// <see cref="Receiving"/> by compare-and-swap decides how the pending receive ends; what gave it up stays for good.
/// </remarks>
internal sealed class RangeBody(Stream stream, long length, TimeSpan idleTimeout, TimeProvider time, RequestLabel label) : IDisposable
{
    private const int Resting = 0;
    private const int Receiving = 1;
    private const int Idle = 2;
    private const int GivenUp = 3;

    // Not disposed: a late idle timer may still cancel it, and it holds neither a timer nor a wait handle.
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _overrun = new byte[1];
    private ITimer? _timer;
    private long _receivingSince;
    private long _received;
    private int _state;

    /// <summary>
    /// Receives the next bytes. 0 means that every byte of the accepted range was delivered and that the body ended there.
    /// </summary>
    /// <exception cref="HctefNetworkException">The body broke, ended early, did not end, or was silent for too long.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            throw new ArgumentException("An empty buffer cannot tell the end from progress.", nameof(buffer));
        }

        cancellationToken.ThrowIfCancellationRequested();
        long missing = length - _received;
        Memory<byte> window = missing == 0 ? _overrun : buffer[..(int)Math.Min(buffer.Length, missing)];
        return Count(await ReceiveAsync(window, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Stops the idle timer. No read may be pending.</summary>
    public void Dispose() => _timer?.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(Memory<byte> window, CancellationToken cancellationToken)
    {
        try
        {
            ValueTask<int> receive = stream.ReadAsync(window, _stop.Token);
            return receive.IsCompleted
                ? await receive.ConfigureAwait(false)
                : await WatchAsync(receive, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (_state == Idle)
        {
            throw new HctefNetworkException(
                HctefNetworkError.Timeout,
                $"The body of {label} was silent for {idleTimeout} after {_received} of {length} bytes "
                + "(HctefOptions.Transport.IdleTimeout).",
                failure,
                isTransient: true);
        }
        catch (Exception failure) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(failure.Message, failure, cancellationToken);
        }
        catch (Exception failure) when (failure is not HctefException)
        {
            throw TransportFailure.OfBody(failure, $"The body of {label} broke after {_received} of {length} bytes");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WatchAsync(ValueTask<int> receive, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _receivingSince, time.GetTimestamp());
        Interlocked.CompareExchange(ref _state, Receiving, Resting);
        _timer ??= time.CreateTimer(
            static body => ((RangeBody)body!).OnIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(idleTimeout, Timeout.InfiniteTimeSpan);
        CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static body => ((RangeBody)body!).GiveUp(GivenUp), this);
        try
        {
            return await receive.ConfigureAwait(false);
        }
        finally
        {
            // The timer stays armed: it does nothing while no receive is pending, and the next one that is arms it anew.
            await registration.DisposeAsync().ConfigureAwait(false);
            Interlocked.CompareExchange(ref _state, Resting, Receiving);
        }
    }

    private void OnIdle()
    {
        // A timer of an earlier receive may run late: the one that is pending now has a time of its own.
        if (time.GetElapsedTime(Volatile.Read(ref _receivingSince)) >= idleTimeout)
        {
            GiveUp(Idle);
        }
    }

    private void GiveUp(int cause)
    {
        if (Interlocked.CompareExchange(ref _state, cause, Receiving) == Receiving)
        {
            _stop.Cancel();
        }
    }

    private int Count(int read)
    {
        bool complete = _received == length;
        if (complete && read > 0)
        {
            // Nothing more is read: what follows might end and look like a proper end.
            _stop.Cancel();
            throw new HctefNetworkException(
                HctefNetworkError.Protocol, $"The body of {label} goes on after the {length} bytes that its Content-Range told.");
        }

        if (!complete && read == 0)
        {
            throw new HctefNetworkException(
                HctefNetworkError.Connection, $"The body of {label} ended after {_received} of {length} bytes.", isTransient: true);
        }

        _received += read;
        return read;
    }
}
