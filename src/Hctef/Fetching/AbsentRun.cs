namespace Hctef.Fetching;

/// <summary>Neighbouring blocks that are wanted and absent, as long as they go.</summary>
/// <param name="First">The first block.</param>
/// <param name="End">The block behind the last.</param>
/// <param name="FollowsAbsent">Whether all blocks between the run before and this one are absent, too, though nobody wants them.</param>
internal readonly record struct AbsentRun(long First, long End, bool FollowsAbsent)
{
    public long Count => End - First;
}
