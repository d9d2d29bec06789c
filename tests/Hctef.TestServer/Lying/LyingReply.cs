using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hctef.TestServer.Gates;

namespace Hctef.TestServer.Lying;

/// <summary>
/// What the lying server does with one request: steps that run one after the other. Immutable, so one reply may answer
/// many requests. After the last step the connection stays open and its next request is read.
/// </summary>
/// <remarks>
/// The factories take header overrides: a name given there replaces the usual header, a null value omits it, a name
/// given twice is sent twice.
/// </remarks>
public sealed class LyingReply
{
    private readonly ImmutableArray<ReplyStep> _steps;

    private LyingReply(ImmutableArray<ReplyStep> steps) => _steps = steps;

    /// <summary>No steps: the request is read and never answered.</summary>
    public static LyingReply Nothing { get; } = new([]);

    internal ImmutableArray<ReplyStep> Steps => _steps;

    private static (string Name, string? Value) ContentType => ("Content-Type", "application/octet-stream");

    /// <summary>Bytes exactly as given.</summary>
    public static LyingReply Raw(ReadOnlySpan<byte> bytes) => Nothing.Write(bytes);

    /// <summary>Latin-1 text exactly as given, line ends included.</summary>
    public static LyingReply Raw(string text) => Nothing.Write(text);

    /// <summary>Status line and headers only; nothing is added to the headers given.</summary>
    public static LyingReply Head(int status, params IReadOnlyCollection<(string Name, string? Value)> headers) =>
        Raw(ReplyHead.Write(status, [], headers));

    /// <summary>A status with an empty body.</summary>
    public static LyingReply Status(int status, params IReadOnlyCollection<(string Name, string? Value)> headers) =>
        Raw(ReplyHead.Write(status, [("Content-Length", "0")], headers));

    /// <summary>A 200 with a body.</summary>
    public static LyingReply Whole(ReadOnlySpan<byte> body, params IReadOnlyCollection<(string Name, string? Value)> headers) =>
        Raw(ReplyHead.Write(200, [ContentType, ContentLength(body.Length)], headers)).Write(body);

    /// <summary>
    /// A 206 that says <c>Content-Range: bytes start-end/total</c>. The body may have any length; Content-Length tells
    /// its real one unless overridden.
    /// </summary>
    public static LyingReply Partial(
        long start,
        long end,
        long total,
        ReadOnlySpan<byte> body,
        params IReadOnlyCollection<(string Name, string? Value)> headers)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end}/{total}");
        (string, string?)[] usual =
            [ContentType, ContentLength(body.Length), ("Content-Range", range), ("Accept-Ranges", "bytes"), ("ETag", "\"v1\"")];
        return Raw(ReplyHead.Write(206, usual, headers)).Write(body);
    }

    public LyingReply Write(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        return copy.Length == 0 ? this : Then(async (connection, cancellationToken) =>
        {
            await connection.SendAsync(copy, cancellationToken);
            return true;
        });
    }

    public LyingReply Write(string text) => Write(Encoding.Latin1.GetBytes(text));

    /// <summary>One chunk of a chunked body (say <c>Transfer-Encoding: chunked</c> in the headers); not for an empty one.</summary>
    public LyingReply Chunk(ReadOnlySpan<byte> bytes, string extension = "") =>
        Write(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + extension + "\r\n").Write(bytes).Write("\r\n");

    /// <summary>The end of a chunked body.</summary>
    public LyingReply LastChunk() => Write("0\r\n\r\n");

    /// <summary>Writes the same bytes again and again until the client closes the connection.</summary>
    public LyingReply WriteForever(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        return Then(async (connection, cancellationToken) =>
        {
            while (true)
                await connection.SendAsync(copy, cancellationToken);
        });
    }

    /// <summary>Waits at a gate; everything before it was handed to the socket.</summary>
    public LyingReply Hold(ResponseGate gate) => Then(async (_, cancellationToken) =>
    {
        await gate.PassAsync(cancellationToken);
        return true;
    });

    /// <summary>Does nothing more until the client closes the connection or the server is disposed.</summary>
    public LyingReply Stall() => Then(async (_, cancellationToken) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return false;
    });

    /// <summary>Ends the connection in order (FIN). All bytes written before arrive first.</summary>
    public LyingReply Fin() => Then(async (connection, cancellationToken) =>
    {
        await connection.FinishAsync(cancellationToken);
        return false;
    });

    /// <summary>
    /// Resets the connection (RST). Bytes that the client has not yet taken from its socket may be lost: where a test
    /// needs them, it holds the reply at a gate before the reset and releases it when it has read them.
    /// </summary>
    public LyingReply Reset() => Then((connection, _) =>
    {
        connection.Reset();
        return ValueTask.FromResult(false);
    });

    private static (string Name, string? Value) ContentLength(long length) =>
        ("Content-Length", length.ToString(CultureInfo.InvariantCulture));

    private LyingReply Then(ReplyStep step) => new(_steps.Add(step));
}
