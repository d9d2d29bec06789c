using System.Buffers.Binary;

namespace Hctef.TestServer.Lying.Http2;

/// <summary>A frame of HTTP/2 (RFC 9113, section 4.1).</summary>
internal readonly record struct Http2Frame(Http2FrameType Type, byte Flags, int Stream, byte[] Payload)
{
    /// <summary>END_STREAM of DATA and HEADERS, ACK of SETTINGS and PING.</summary>
    public const byte EndStreamOrAck = 0x1;

    public const byte EndHeaders = 0x4;

    private const int HeadBytes = 9;
    private const int StreamOffset = 5;

    /// <summary>Reads the next frame.</summary>
    /// <exception cref="EndOfStreamException">The client has closed the connection.</exception>
    public static async Task<Http2Frame> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] head = new byte[HeadBytes];
        await stream.ReadExactlyAsync(head, cancellationToken);
        byte[] payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        return new Http2Frame((Http2FrameType)head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(StreamOffset)), payload);
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[HeadBytes + Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, Payload.Length << 8);
        (bytes[3], bytes[4]) = ((byte)Type, Flags);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(StreamOffset), Stream);
        Payload.CopyTo(bytes, HeadBytes);
        return bytes;
    }
}
