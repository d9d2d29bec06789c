using System.Globalization;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>
/// A reply to one range request before it is sent: true as it is made, then spoilt by lies. The body's bytes are always those of the
/// version and offset that the headers claim, unless the headers alone must have it refused.
/// </summary>
internal sealed class LiarDraft(LiarFile file, LyingRequest request, int version, Random random)
{
    public Random Random => random;

    public LiarFile File => file;

    public int Version => version;

    /// <summary>Whether the file is open: the request names the version it wants.</summary>
    public bool IsPinned { get; } = request.Headers.ContainsKey("If-Match");

    public long Start { get; set; }

    /// <summary>The offset behind the last byte.</summary>
    public long End { get; set; }

    public long Total { get; set; } = file.LengthOf(version);

    /// <summary>How Content-Range is written: of start, last byte and total.</summary>
    public string RangeFormat { get; set; } = "bytes {0}-{1}/{2}";

    /// <summary>By how much Content-Length is wrong.</summary>
    public int LengthError { get; set; }

    /// <summary>Headers that replace the true ones; without a value they are left out. None depends on what other lies change.</summary>
    public List<(string Name, string? Value)> Headers { get; } = [];

    public bool IsChunked { get; set; }

    /// <summary>Whether the body is no part of the file at all.</summary>
    public bool IsGarbage { get; set; }

    /// <summary>How many bytes of the body are sent before <see cref="Then"/>.</summary>
    public long CutAt { get; set; } = long.MaxValue;

    /// <summary>What comes behind the body; nothing leaves the connection open for the next request.</summary>
    public Func<LyingReply, LyingReply>? Then { get; set; }

    /// <summary>What is sent before the reply.</summary>
    public string Before { get; set; } = "";

    /// <summary>A reply that is none of a range.</summary>
    public LyingReply? Instead { get; set; }

    public LyingReply Write()
    {
        if (Instead is { } other)
            return other;

        byte[] body = IsGarbage ? new byte[End - Start] : file.ContentOf(version).ToArray(Start, (int)(End - Start));
        LyingReply reply = LyingReply.Raw(Before).Write(ReplyHeadOf(body.Length));
        byte[] sent = body[..(int)Math.Min(body.Length, CutAt)];
        reply = IsChunked ? WriteChunks(reply, sent) : reply.Write(sent);
        if (IsChunked && CutAt >= body.Length)
            reply = reply.LastChunk();
        return Then is null ? reply : Then(reply);
    }

    private static LyingReply WriteChunks(LyingReply reply, byte[] body)
    {
        for (int i = 0; i < body.Length; i += 5000)
            reply = reply.Chunk(body.AsSpan(i, Math.Min(5000, body.Length - i)), ";x=y");
        return reply;
    }

    private string ReplyHeadOf(int length)
    {
        List<(string Name, string? Value)> usual =
        [
            IsChunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", (length + LengthError).ToString(CultureInfo.InvariantCulture)),
            ("Content-Range", string.Format(CultureInfo.InvariantCulture, RangeFormat, Start, End - 1, Total)),
            ("ETag", file.TagOf(version)),
        ];
        IEnumerable<(string Name, string? Value)> kept = usual.Where(field => !Headers.Exists(other => other.Name == field.Name));
        return "HTTP/1.1 206 Partial\r\n"
            + string.Concat(kept.Concat(Headers).Where(field => field.Value is not null).Select(field => $"{field.Name}: {field.Value}\r\n"))
            + "\r\n";
    }
}
