using Hctef.TestServer.Content;

namespace Hctef.Tests.Faults.Cancellation;

/// <summary>A body whose every receive is a step, before and after its bytes; every second one does not complete at once.</summary>
internal sealed class SteppingBody(TestContent content, long start, long end, long breaksAt, Steps steps) : BodyStream
{
    private const int MostAtOnce = 7000;

    private long _position = start;
    private int _receives;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        steps.Take();
        cancellationToken.ThrowIfCancellationRequested();
        if (++_receives % 2 == 0)
        {
            await Task.Yield();
            steps.Take();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (_position >= breaksAt)
            throw new IOException("The connection broke.");
        int count = (int)Math.Min(Math.Min(buffer.Length, MostAtOnce), end - _position);
        content.Fill(buffer.Span[..count], _position);
        _position += count;
        steps.Take();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        steps.Take();
        base.Dispose(disposing);
    }
}
