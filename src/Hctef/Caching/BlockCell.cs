namespace Hctef.Caching;

/// <summary>
/// The 64-bit word that says where a block is: its state in the two lowest bits; for ready and partial blocks the slot (30 bits) and
/// the generation of that slot (32 bits), for loading blocks the number of the load. One word, so that it is read and written whole.
/// </summary>
internal static class BlockCell
{
    public const long Absent = 0;
    public const int MaxSlots = 1 << 30;

    public static BlockState StateOf(long cell) => (BlockState)(cell & 3);

    public static long Ready(int slot, uint generation) => Stored(slot, generation, BlockState.Ready);

    public static long Partial(int slot, uint generation) => Stored(slot, generation, BlockState.Partial);

    public static long Loading(int load) => ((long)load << 2) | (long)BlockState.Loading;

    public static int SlotOf(long cell) => (int)((uint)cell >> 2);

    public static int LoadOf(long cell) => (int)(cell >> 2);

    private static long Stored(int slot, uint generation, BlockState state) =>
        ((long)generation << 32) | ((long)(uint)slot << 2) | (long)state;
}
