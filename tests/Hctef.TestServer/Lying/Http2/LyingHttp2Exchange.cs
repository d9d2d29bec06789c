using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace Hctef.TestServer.Lying.Http2;

/// <summary>One request, and the frames that a script answers it with. Bodies must fit a window of 64 KiB: nobody waits for credit.</summary>
public sealed partial class LyingHttp2Exchange
{
    private const byte LiteralWithNewName = 0x00;
    private const byte LiteralStatus = 0x08;
    private const int ResponseFrameBytes = 16 * 1024;

    private readonly LyingHttp2Connection _connection;

    internal LyingHttp2Exchange(LyingHttp2Connection connection, int number, int stream, byte[] headerBlock)
    {
        _connection = connection;
        Number = number;
        Stream = stream;

        // .NET writes values as they are, neither indexed nor by Huffman's code.
        Match range = RangeValue().Match(Encoding.Latin1.GetString(headerBlock));
        Range = range.Success ? range.Value : null;
    }

    /// <summary>1 for the first request to the server.</summary>
    public int Number { get; }

    /// <summary>1 for the first connection to the server.</summary>
    public int Connection => _connection.Number;

    /// <summary>The number of its stream: 1, 3, 5 and so on.</summary>
    public int Stream { get; }

    public string? Range { get; }

    public RequestedRange? RequestedRange => TestServer.RequestedRange.Parse(Range);

    /// <summary>Sends a status, which may be none, and headers, as literals (RFC 7541, section 6.2.2).</summary>
    public Task HeadersAsync(string status, params IReadOnlyCollection<(string Name, string Value)> headers)
    {
        // The name of the static table's entry 8 is that of the status.
        List<byte> block = [LiteralStatus, .. Text(status)];
        foreach ((string name, string value) in headers)
            block.AddRange([LiteralWithNewName, .. Text(name), .. Text(value)]);
        return _connection.SendAsync(new Http2Frame(Http2FrameType.Headers, Http2Frame.EndHeaders, Stream, [.. block]));
    }

    public async Task DataAsync(ReadOnlyMemory<byte> bytes, bool end = false)
    {
        for (int sent = 0; sent < bytes.Length; sent += ResponseFrameBytes)
        {
            byte[] piece = bytes[sent..Math.Min(bytes.Length, sent + ResponseFrameBytes)].ToArray();
            byte flags = end && sent + piece.Length == bytes.Length ? Http2Frame.EndStreamOrAck : (byte)0;
            await _connection.SendAsync(new Http2Frame(Http2FrameType.Data, flags, Stream, piece));
        }
    }

    public Task ResetAsync(Http2Error error) =>
        _connection.SendAsync(new Http2Frame(Http2FrameType.ResetStream, Flags: 0, Stream, Number32((int)error)));

    /// <summary>Takes no streams after <paramref name="lastStream"/>; the connection stays open.</summary>
    public Task GoAwayAsync(int lastStream, Http2Error error, string debug = "") => _connection.SendAsync(new Http2Frame(
        Http2FrameType.GoAway, Flags: 0, Stream: 0, [.. Number32(lastStream), .. Number32((int)error), .. Encoding.Latin1.GetBytes(debug)]));

    [GeneratedRegex(@"bytes=\d*-\d*")]
    private static partial Regex RangeValue();

    private static byte[] Number32(int value)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>A string literal (RFC 7541, section 5.2) of fewer than 127 characters.</summary>
    private static byte[] Text(string text) => [checked((byte)text.Length), .. Encoding.Latin1.GetBytes(text)];
}
