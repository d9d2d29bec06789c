using System.Buffers;

namespace Hctef.Fetching;

/// <summary>
/// Reads one range past the cache, in order: the transfer fills a buffer of 64 KiB, the consumer empties it, in turns. The caller's own
/// memory is never given to a receive, since the caller may take it back at any time by cancelling.
/// </summary>
/// <remarks>
/// The lock guards whose turn it is: bytes between <see cref="_taken"/> and <see cref="_ready"/> are the consumer's, and the buffer is
/// the transfer's when there are none. One consumer. A consumer that rests for a second loses its connection, and with it its permit;
/// what it has not taken stays, and when it comes back and has taken that, the rest is asked anew.
/// Where it has taken all, and nothing else had come, the read ends.
/// </remarks>
internal sealed class DirectRead : ITransferSink, IDisposable
{
    /// <summary>How long an idle consumer keeps its connection and permit.</summary>
    public static readonly TimeSpan MostRest = TimeSpan.FromSeconds(1);

    private const int BufferBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly RangeTransfer _transfer;
    private readonly TimeProvider _time;
    private readonly BlockGatherer? _gatherer;
    private byte[]? _buffer;
    private int _held;
    private int _taken;
    private int _ready;
    private bool _transferEnded;
    private bool _disposed;
    private bool _resting;
    private bool _restedOut;
    private bool _stopped;
    private HctefException? _failure;
    private TaskCompletionSource? _filled;

    /// <summary>The transfer's wait: true when the consumer wants more, false when it looks again.</summary>
    private TaskCompletionSource<bool>? _emptied;
    private ITimer? _rest;

    /// <summary>Prepares a read.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="end">The offset behind the last.</param>
    /// <param name="keeps">Whether tiers below the memory are to keep what it brings.</param>
    public DirectRead(RangeSource source, long start, long end, bool keeps)
    {
        Position = start;
        End = end;
        _time = source.Network.Time;
        _gatherer = keeps && source.Tiers is not null ? new BlockGatherer(source) : null;
        _transfer = new RangeTransfer(source, this, start, end, FetchPriority.Demand, source.Closing);
    }

    /// <summary>The offset of the next byte to take.</summary>
    public long Position { get; private set; }

    public long End { get; }

    public void Start() => _transfer.Start();

    /// <summary>Completes, always successfully, when bytes can be taken, will not come, or the read was disposed.</summary>
    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (_ready > _taken || _failure is not null || Position == End || _disposed)
            {
                return Task.CompletedTask;
            }

            _filled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _filled.Task;
        }
    }

    /// <summary>Takes the bytes that are there; none if there are none yet, or the read was disposed.</summary>
    /// <exception cref="HctefException">The bytes will not come.</exception>
    public int Take(Span<byte> destination)
    {
        TaskCompletionSource<bool>? emptied = null;
        int count;
        lock (_gate)
        {
            count = Math.Min(_ready - _taken, destination.Length);
            if (count == 0)
            {
                return _failure is null || _disposed ? 0 : throw ExceptionCopy.Of(_failure);
            }

            _buffer.AsSpan(_taken, count).CopyTo(destination);
            _taken += count;
            Position += count;
            if (_taken == _ready)
            {
                _taken = _ready = 0;
                (emptied, _emptied) = (_emptied, null);
                ReturnBuffer_NeedsLock();
            }
        }

        emptied?.TrySetResult(true);
        return count;
    }

    /// <summary>The consumer pauses, nobody knows for how long.</summary>
    public void Rest()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _resting = true;
        }

        _rest ??= _time.CreateTimer(static read => ((DirectRead)read!).GiveUpReply(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _rest.Change(MostRest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The consumer is back; false when nothing had come while it rested, and the read was given up.</summary>
    public bool TryResume()
    {
        _rest?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        TaskCompletionSource<bool>? wanted = null;
        lock (_gate)
        {
            if (_stopped)
            {
                return false;
            }

            _resting = _restedOut = false;
            if (_ready == _taken)
            {
                (wanted, _emptied) = (_emptied, null);
            }
        }

        wanted?.TrySetResult(true);
        return true;
    }

    public void Dispose()
    {
        TaskCompletionSource? filled;
        TaskCompletionSource<bool>? emptied;
        lock (_gate)
        {
            _disposed = true;
            _taken = _ready = 0;
            (filled, _filled) = (_filled, null);
            (emptied, _emptied) = (_emptied, null);
            ReturnBuffer_NeedsLock();
        }

        _rest?.Dispose();
        _transfer.Stop();
        filled?.TrySetResult();
        emptied?.TrySetResult(false);
    }

    bool ITransferSink.IsShared => false;

    /// <summary>Its one reader stops it.</summary>
    bool ITransferSink.EndsUnwanted() => false;

    async ValueTask ITransferSink.WantedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                // Once disposed, the transfer is about to be stopped: that ends the wait.
                if (_ready == _taken && !_restedOut && !_disposed)
                {
                    return;
                }

                _emptied ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _emptied.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    Memory<byte> ITransferSink.GetBuffer(long offset, long end)
    {
        lock (_gate)
        {
            _buffer ??= ArrayPool<byte>.Shared.Rent(BufferBytes);
            return _buffer.AsMemory(_held, (int)Math.Min(BufferBytes - _held, end - offset));
        }
    }

    long ITransferSink.Rewind()
    {
        lock (_gate)
        {
            _held = 0;
            return Position;
        }
    }

    async ValueTask<bool> ITransferSink.ReceivedAsync(long offset, long replyEnd, CancellationToken cancellationToken)
    {
        Task<bool> emptied;
        lock (_gate)
        {
            _held = (int)(offset - Position);
            if (offset == replyEnd)
            {
                // The reply's last bytes wait until the body has ended exactly there.
                return true;
            }
        }

        OfferToTiers();
        lock (_gate)
        {
            emptied = Deliver_NeedsLock();
        }

        return await emptied.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    ValueTask ITransferSink.ReplyEndedAsync(long offset)
    {
        OfferToTiers();
        lock (_gate)
        {
            _ = Deliver_NeedsLock();
        }

        return default;
    }

    void ITransferSink.Finished(HctefException? failure)
    {
        TaskCompletionSource? filled;
        lock (_gate)
        {
            _failure = failure;
            (filled, _filled) = (_filled, null);
        }

        filled?.TrySetResult();
    }

    void ITransferSink.Ended()
    {
        lock (_gate)
        {
            _transferEnded = true;
            ReturnBuffer_NeedsLock();
        }

        _gatherer?.Dispose();
    }

    /// <summary>Before the bytes are the consumer's: until then nobody else touches the buffer, and it does not go back.</summary>
    private void OfferToTiers()
    {
        if (_gatherer is null)
        {
            return;
        }

        long position;
        Memory<byte> held;
        lock (_gate)
        {
            (position, held) = (Position, _buffer.AsMemory(0, _held));
        }

        _gatherer.Add(position, held.Span, _transfer.BroughtBy);
    }

    private Task<bool> Deliver_NeedsLock()
    {
        if (_disposed)
        {
            _held = 0;
            return Task.FromResult(false);
        }

        _ready = _held;
        _held = 0;
        _filled?.TrySetResult();
        _filled = null;
        if (_restedOut)
        {
            return Task.FromResult(false);
        }

        _emptied = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _emptied.Task;
    }

    private void GiveUpReply()
    {
        TaskCompletionSource<bool>? emptied;
        lock (_gate)
        {
            if (!_resting)
            {
                // The timer ran late, and the consumer is back.
                return;
            }

            // A transfer that waits for its permit, its reply or the next bytes does not look at what the consumer does.
            _stopped = _emptied is null && _ready == _taken && _failure is null && !_transferEnded;
            _restedOut = true;
            (emptied, _emptied) = (_emptied, null);
        }

        emptied?.TrySetResult(false);
        if (_stopped)
        {
            _transfer.Stop();
        }
    }

    /// <summary>The buffer goes back only when neither side can touch it: a receive may be pending until the transfer has ended.</summary>
    private void ReturnBuffer_NeedsLock()
    {
        if (_transferEnded && _ready == _taken && _buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }
}
