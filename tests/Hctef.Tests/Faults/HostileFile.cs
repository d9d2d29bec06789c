using System.Globalization;
using Hctef.TestServer.Content;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>What a server would answer if it told the truth, for a lie to start from.</summary>
internal sealed record HostileFile(long Length)
{
    public const string EntityTag = "\"v1\"";

    public TestContent Content { get; } = new("hostile");

    public Truth Of(LyingRequest request)
    {
        (long start, long count) = request.RequestedRange!.Value.Resolve(Length)!.Value;
        return new Truth(this, start, (int)count);
    }

    public LyingReply Answer(LyingRequest request) => Of(request).Reply();

    /// <summary>An honest answer to one request.</summary>
    internal sealed record Truth(HostileFile File, long Start, int Count)
    {
        public byte[] Body => File.Content.ToArray(Start, Count);

        public long Last => Start + Count - 1;

        public string Range => string.Create(CultureInfo.InvariantCulture, $"bytes {Start}-{Last}/{File.Length}");

        /// <summary>The right bytes, under headers that may lie.</summary>
        public LyingReply Reply(params (string Name, string? Value)[] headers) => LyingReply.Partial(Start, Last, File.Length, Body, headers);

        /// <summary>The right headers, without any framing of the body.</summary>
        public LyingReply Head(params (string Name, string? Value)[] headers) =>
            LyingReply.Partial(Start, Last, File.Length, [], [("Content-Length", null), .. headers]);

        /// <summary>The right headers of a chunked body.</summary>
        public LyingReply Chunked() => Head(("Transfer-Encoding", "chunked"));
    }
}
