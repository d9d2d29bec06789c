namespace Hctef.Caching;

/// <summary>The state of a block; the table is in ARCHITECTURE.md.</summary>
internal enum BlockState
{
    Absent = 0,
    Ready = 1,
    Loading = 2,
    Partial = 3,
}
