namespace Hctef.Http;

/// <summary>What a reply was found to be: the verdict, its reason free of secrets, and what was accepted of what.</summary>
internal readonly record struct RangeJudgement(
    RangeVerdict Verdict, string Reason = "", Representation? Representation = null, long Start = 0, long End = 0)
{
    /// <summary>The kind of failure that <see cref="RangeVerdict.Protocol"/> becomes.</summary>
    public HctefNetworkError Error { get; init; } = HctefNetworkError.Protocol;

    public static RangeJudgement Protocol(string reason) => new(RangeVerdict.Protocol, reason);
}
