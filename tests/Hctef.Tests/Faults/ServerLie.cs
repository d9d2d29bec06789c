using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>One way to answer wrongly, and what a caller must be told: the same at open and in the middle, unless it says otherwise.</summary>
/// <param name="Expected">OK, or the kind of failure as <see cref="ServerLieTests"/> names it.</param>
/// <param name="Tell">The lie.</param>
internal sealed record ServerLie(string Expected, Func<LyingRequest, HostileFile.Truth, LyingReply> Tell)
{
    public ServerLie(string expected, Func<HostileFile.Truth, LyingReply> tell)
        : this(expected, (_, truth) => tell(truth))
    {
    }

    /// <summary>What the caller is told when the lie comes at open, where no version is known yet.</summary>
    public string? ExpectedAtOpen { get; init; }

    /// <summary>Whether it is a lie only to somebody who has seen another version before.</summary>
    public bool MiddleOnly { get; init; }

    /// <summary>How many requests are lied to before the truth is told.</summary>
    public int Times { get; init; } = int.MaxValue;
}
