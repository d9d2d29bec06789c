using Hctef.TestServer.Content;

namespace Hctef.Tests.Fetching;

/// <summary>One request to a <see cref="StubOrigin"/> and the reply it got. Offsets are those of the file, ends exclusive.</summary>
internal sealed record StubReply(int Number, long Start, long End, StubBody Body)
{
    public string Range => $"{Start}-{End}";

    /// <summary>The same reply with a shorter range.</summary>
    public StubReply EndingAt(long end, TestContent content) =>
        end >= End ? this : new StubReply(Number, Start, end, new StubBody(content, Start, end));
}
