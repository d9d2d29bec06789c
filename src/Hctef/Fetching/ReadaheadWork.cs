namespace Hctef.Fetching;

/// <summary>What a step of reading ahead leaves to do outside of its lock: starting and giving up requests runs handlers of users.</summary>
internal sealed class ReadaheadWork
{
    private List<BlockFetch>? _started;
    private List<BlockFetch>? _satisfied;
    private List<BlockFetch>? _abandoned;

    /// <summary>New fetches.</summary>
    public List<BlockFetch> Started => _started ??= [];

    /// <summary>What the reader will wait for next.</summary>
    public BlockFetch? Next { get; set; }

    /// <summary>The reader has passed all of it.</summary>
    public void Satisfy(BlockFetch fetch) => (_satisfied ??= []).Add(fetch);

    /// <summary>The reader has gone elsewhere.</summary>
    public void Abandon(List<BlockFetch> fetches) => (_abandoned ??= []).AddRange(fetches);

    public void Run()
    {
        // First what makes room for the others.
        foreach (BlockFetch fetch in _abandoned ?? [])
        {
            fetch.LoseInterest(satisfied: false);
        }

        foreach (BlockFetch fetch in _satisfied ?? [])
        {
            fetch.LoseInterest(satisfied: true);
        }

        foreach (BlockFetch fetch in _started ?? [])
        {
            fetch.StartTransfer();
        }

        Next?.Promote();
    }
}
