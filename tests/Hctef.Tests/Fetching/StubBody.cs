using Hctef.TestServer.Content;

namespace Hctef.Tests.Fetching;

/// <summary>
/// The body of a reply of a <see cref="StubOrigin"/>: brings as many bytes as the test has released. A receive that pends writes into its
/// buffer when they are, so that a buffer that was given away too early shows foreign bytes. The lock guards all fields.
/// </summary>
internal sealed class StubBody(TestContent content, long start, long end) : BodyStream
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<TaskCompletionSource> _whenPending = new();
    private TaskCompletionSource<int>? _pending;
    private Memory<byte> _buffer;
    private long _position = start;
    private long _released = start;
    private bool _mayEnd;
    private Exception? _failure;

    /// <summary>Whether a pending receive goes on when it is cancelled.</summary>
    public bool IgnoresCancellation { get; set; }

    /// <summary>The most bytes that one receive brings.</summary>
    public int MostAtOnce { get; set; } = int.MaxValue;

    /// <summary>Bytes that follow the last one that was promised.</summary>
    public int ExtraBytes { get; set; }

    /// <summary>Completes when the client drops the body.</summary>
    public Task Disposed => _disposed.Task;

    public bool IsReceivePending
    {
        get
        {
            lock (_gate)
            {
                return _pending is not null;
            }
        }
    }

    /// <summary>Completes when a receive pends.</summary>
    public Task WhenPending()
    {
        lock (_gate)
        {
            if (_pending is not null)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _whenPending.Enqueue(waiter);
            return waiter.Task;
        }
    }

    /// <summary>Lets the bytes before an offset of the file go.</summary>
    public void ReleaseTo(long offset) => Release(() => _released = Math.Max(_released, Math.Min(offset, end + ExtraBytes)));

    /// <summary>Lets everything go, and the end.</summary>
    public void ReleaseAll() => Release(() => (_released, _mayEnd) = (end + ExtraBytes, true));

    /// <summary>Breaks the connection behind what was released.</summary>
    public void Break(Exception? failure = null) => Release(() => _failure = failure ?? new IOException("The connection broke."));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        TaskCompletionSource<int> pending;
        lock (_gate)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<int>(cancellationToken);
            }

            if (TryFill(buffer, out int count))
            {
                return new ValueTask<int>(count);
            }

            if (_failure is not null)
            {
                return ValueTask.FromException<int>(_failure);
            }

            pending = _pending = new TaskCompletionSource<int>();
            _buffer = buffer;
            while (_whenPending.TryDequeue(out TaskCompletionSource? waiter))
            {
                waiter.SetResult();
            }
        }

        if (!IgnoresCancellation)
        {
            cancellationToken.Register(() => Cancel(pending, cancellationToken));
        }

        return new ValueTask<int>(pending.Task);
    }

    protected override void Dispose(bool disposing)
    {
        _disposed.TrySetResult();
        base.Dispose(disposing);
    }

    private void Cancel(TaskCompletionSource<int> pending, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_pending != pending)
            {
                return;
            }

            _pending = null;
        }

        pending.TrySetCanceled(cancellationToken);
    }

    private void Release(Action change)
    {
        TaskCompletionSource<int>? pending;
        int count;
        lock (_gate)
        {
            change();
            if (_pending is null)
            {
                return;
            }

            if (!TryFill(_buffer, out count) && _failure is null)
            {
                return;
            }

            (pending, _pending) = (_pending, null);
        }

        if (count > 0 || _failure is null)
        {
            pending.TrySetResult(count);
        }
        else
        {
            pending.TrySetException(_failure);
        }
    }

    private bool TryFill(Memory<byte> buffer, out int count)
    {
        count = (int)Math.Min(Math.Min(buffer.Length, MostAtOnce), _released - _position);
        if (count > 0)
        {
            content.Fill(buffer.Span[..count], _position);
            _position += count;
            return true;
        }

        return _failure is null && _mayEnd && _position == end + ExtraBytes;
    }
}
