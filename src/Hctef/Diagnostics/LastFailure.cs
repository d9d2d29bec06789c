namespace Hctef.Diagnostics;

/// <summary>What failed last of what a file asked of the network.</summary>
/// <param name="Kind">See <see cref="FailureKind"/>.</param>
/// <param name="Time">When, by the clock of the registration.</param>
internal sealed record LastFailure(string Kind, DateTimeOffset Time)
{
    public LastFailure(Exception failure, DateTimeOffset time)
        : this(FailureKind.Of(failure), time)
    {
    }
}
