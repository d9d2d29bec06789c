using Hctef.Files;

namespace Hctef.Tests.Files;

/// <summary>A cursor over an array that counts its calls; reads wait for a gate and may fail.</summary>
internal sealed class RecordingCursor(byte[] content) : FileCursor
{
    public int Reads { get; private set; }

    public int Disposals { get; private set; }

    public Task Gate { get; init; } = Task.CompletedTask;

    public Exception? Failure { get; set; }

    public override long Length => content.Length;

    public override int Read(Span<byte> buffer, long fileOffset)
    {
        Reads++;
        if (Failure is not null)
            throw Failure;
        int count = (int)Math.Clamp(content.Length - fileOffset, 0, buffer.Length);
        content.AsSpan((int)fileOffset, count).CopyTo(buffer);
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        return Read(buffer.Span, fileOffset);
    }

    public override async Task CopyToAsync(Stream destination, long fileOffset, int bufferSize, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        if (Failure is not null)
            throw Failure;
        await destination.WriteAsync(content.AsMemory((int)fileOffset), cancellationToken);
    }

    public override FileCursor Clone() => new RecordingCursor(content) { Gate = Gate, Failure = Failure };

    public override void Dispose() => Disposals++;
}
