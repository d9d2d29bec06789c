namespace Hctef.Http;

/// <summary>How messages name a request.</summary>
internal readonly record struct RequestLabel(RangeTarget Target, RequestedRange Range)
{
    public override string ToString() => $"{Target.RedactedUrl} ({Range})";
}
