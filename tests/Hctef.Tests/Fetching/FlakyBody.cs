using Hctef.TestServer.Content;

namespace Hctef.Tests.Fetching;

/// <summary>A body that comes in pieces of any size, at once or later, and may break before its end.</summary>
internal sealed class FlakyBody(TestContent content, long start, long end, long breaksAt, Random random) : BodyStream
{
    private long _position = start;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (int turns = random.Next(3); turns > 0; turns--)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (_position == breaksAt)
        {
            throw new IOException("The connection broke.");
        }

        int count = (int)Math.Min(Math.Min(buffer.Length, random.Next(1, 20_000)), Math.Min(breaksAt, end) - _position);
        content.Fill(buffer.Span[..count], _position);
        _position += count;
        return count;
    }
}
