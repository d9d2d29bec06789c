namespace Hctef.Tests.Fetching;

/// <summary>One request to a <see cref="StubOrigin"/> and the reply it got. Offsets are those of the file, ends exclusive.</summary>
internal sealed record StubReply(int Number, long Start, long End, StubBody Body)
{
    public string Range => $"{Start}-{End}";
}
