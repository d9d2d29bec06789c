namespace Hctef.Http;

/// <summary>What <see cref="RangeAcceptance"/> found: the verdict, its reason free of secrets, and what was accepted of what.</summary>
internal readonly record struct RangeJudgement(
    RangeVerdict Verdict, string Reason = "", Representation? Representation = null, long Start = 0, long End = 0)
{
    /// <summary>The kind of failure that <see cref="RangeVerdict.Protocol"/> becomes.</summary>
    public HctefNetworkError Error { get; init; } = HctefNetworkError.Protocol;
}
