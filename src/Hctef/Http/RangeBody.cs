using System.Runtime.CompilerServices;

namespace Hctef.Http;

/// <summary>
/// The body of an accepted reply: counts its bytes and watches its silence. One reader at a time. A receive that is given up is
/// cancelled and awaited, so that its buffer is free when the read returns.
/// </summary>
internal sealed class RangeBody(Stream stream, long length, TimeSpan idleTimeout, TimeProvider time, RequestLabel label) : IDisposable
{
    private readonly ReceiveWatch _watch = new(idleTimeout, time);
    private readonly byte[] _overrun = new byte[1];
    private long _received;
    private long _receivedBefore;

    /// <summary>Called when a pending receive was cancelled; it may not have ended yet.</summary>
    public Action? OnGivenUp
    {
        set => _watch.OnGivenUp = value;
    }

    /// <summary>
    /// Receives the next bytes. 0 means that every byte of the accepted range was delivered and that the body ended there.
    /// </summary>
    /// <exception cref="HctefNetworkException">The body broke, ended early, did not end, or was silent for too long.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            throw new ArgumentException("An empty buffer cannot tell the end from progress.", nameof(buffer));
        }

        cancellationToken.ThrowIfCancellationRequested();
        long missing = length - _received;
        Memory<byte> window = missing == 0 ? _overrun : buffer[..(int)Math.Min(buffer.Length, missing)];
        ValueTask<int> receive;
        try
        {
            _watch.Token.ThrowIfCancellationRequested();
            receive = stream.ReadAsync(window, _watch.Token);
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<int>(Translate(failure, cancellationToken));
        }

        // Bytes that are there already cost no state machine, in Debug builds neither.
        return receive.IsCompletedSuccessfully
            ? new ValueTask<int>(Count(receive.Result))
            : AwaitAsync(receive, cancellationToken);
    }

    /// <summary>Stops the idle timer. No read may be pending.</summary>
    public void Dispose() => _watch.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitAsync(ValueTask<int> receive, CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await _watch.AwaitAsync(receive, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            throw Translate(failure, cancellationToken);
        }

        read = Count(read);
        ThrowIfTrickling();
        return read;
    }

    /// <summary>A byte now and then is no silence, and could go on for months.</summary>
    private void ThrowIfTrickling()
    {
        if (_watch.Waited < idleTimeout || _received == length || _watch.IsTimedOut)
        {
            return;
        }

        long brought = _received - _receivedBefore;
        if (brought < HctefDefaults.LeastBytesPerSecond * idleTimeout.TotalSeconds)
        {
            _watch.Stop();
            throw new HctefNetworkException(
                HctefNetworkError.Timeout,
                $"The body of {label} brought {brought} bytes in {_watch.Waited} of waiting; at least {HctefDefaults.LeastBytesPerSecond} "
                + "a second are expected over each HctefOptions.Transport.IdleTimeout.",
                isTransient: true);
        }

        (_watch.Waited, _receivedBefore) = (TimeSpan.Zero, _received);
    }

    private Exception Translate(Exception failure, CancellationToken cancellationToken)
    {
        if (_watch.IsTimedOut)
        {
            return new HctefNetworkException(
                HctefNetworkError.Timeout,
                $"The body of {label} was silent for {idleTimeout} after {_received} of {length} bytes "
                + "(HctefOptions.Transport.IdleTimeout).",
                failure,
                isTransient: true);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return new OperationCanceledException(cancellationToken);
        }

        return failure is HctefException
            ? failure
            : TransportFailure.OfBody(failure, $"The body of {label} broke after {_received} of {length} bytes");
    }

    private int Count(int read)
    {
        bool complete = _received == length;
        if (complete && read > 0)
        {
            // Nothing more is received: what follows might end and look like a proper end.
            _watch.Stop();
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
