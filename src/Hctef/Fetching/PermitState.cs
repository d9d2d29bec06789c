namespace Hctef.Fetching;

/// <summary>The life of a <see cref="HostPermit"/>: each state is followed by a later one, and none comes twice.</summary>
internal enum PermitState
{
    New,
    Waiting,
    Granted,
    Returned,
}
