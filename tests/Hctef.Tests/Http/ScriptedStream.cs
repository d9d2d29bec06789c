namespace Hctef.Tests.Http;

/// <summary>A body that plays a script: bytes that are there, failures, and receives that pend until the test says how they end.</summary>
internal sealed class ScriptedStream : BodyStream
{
    private readonly Queue<Func<CancellationToken, ValueTask<byte[]>>> _steps = new();
    private ReadOnlyMemory<byte> _rest;

    public bool IsDisposed { get; private set; }

    public ScriptedStream Then(params byte[] bytes)
    {
        _steps.Enqueue(_ => ValueTask.FromResult(bytes));
        return this;
    }

    public ScriptedStream ThenFails(Exception failure)
    {
        _steps.Enqueue(_ => ValueTask.FromException<byte[]>(failure));
        return this;
    }

    /// <summary>A receive that pends until <paramref name="gate"/> is completed, or its token is cancelled.</summary>
    public ScriptedStream ThenPends(TaskCompletionSource<byte[]> gate)
    {
        _steps.Enqueue(token => new ValueTask<byte[]>(gate.Task.WaitAsync(token)));
        return this;
    }

    /// <summary>A receive that does not heed its token.</summary>
    public ScriptedStream ThenPendsStubbornly(TaskCompletionSource<byte[]> gate)
    {
        _steps.Enqueue(_ => new ValueTask<byte[]>(gate.Task));
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_rest.IsEmpty && _steps.TryDequeue(out Func<CancellationToken, ValueTask<byte[]>>? step))
        {
            _rest = await step(cancellationToken);
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
