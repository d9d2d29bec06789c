using System.Buffers;

namespace Hctef.Caching.Distributed;

/// <summary>One of the two parts that a record is written of, without being copied together.</summary>
internal sealed class RecordSegment : ReadOnlySequenceSegment<byte>
{
    private RecordSegment(ReadOnlyMemory<byte> memory, long runningIndex)
    {
        Memory = memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Join(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> payload)
    {
        var first = new RecordSegment(header, 0);
        var last = new RecordSegment(payload, header.Length);
        first.Next = last;
        return new ReadOnlySequence<byte>(first, 0, last, payload.Length);
    }
}
