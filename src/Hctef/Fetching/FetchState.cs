namespace Hctef.Fetching;

/// <summary>The state of a transfer; the table is in ARCHITECTURE.md.</summary>
internal enum FetchState
{
    Queued,
    Open,
    Sleeping,
    Closing,
    Closed,
}
