namespace Hctef.Caching;

/// <summary>A block that was evicted for a load, which has not begun to write: its bytes are in the slot yet.</summary>
/// <param name="Slot">The slot, which is the load's by now.</param>
/// <param name="Map">The version that the block was of.</param>
/// <param name="Block">The block.</param>
internal readonly record struct Victim(int Slot, BlockMap Map, long Block);
