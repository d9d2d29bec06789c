namespace Hctef.Fetching;

/// <summary>Who is served first where permits are short.</summary>
internal enum FetchPriority
{
    /// <summary>A reader waits for it.</summary>
    Demand,

    /// <summary>It may be needed later.</summary>
    Background,
}
