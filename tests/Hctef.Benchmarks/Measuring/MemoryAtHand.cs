using Hctef.Caching;

namespace Hctef.Benchmarks.Measuring;

/// <summary>
/// Has the system clear memory and gives it back, as the cache takes it. A virtual machine may give its free pages back to the host, and who
/// takes them next pays many times as much: runs that are compared with each other begin alike where enough is at hand that was just used.
/// </summary>
internal static class MemoryAtHand
{
    private const int PageBytes = 4096;
    private const int PieceBytes = 64 * 1024 * 1024;

    public static unsafe void Provide(long bytes)
    {
        var pieces = new List<PoolMemory>();
        for (long taken = 0; taken < bytes; taken += PieceBytes)
        {
            var piece = new PoolMemory(PieceBytes);
            for (int i = 0; i < PieceBytes; i += PageBytes)
                piece.Address[i] = 1;
            pieces.Add(piece);
        }

        pieces.ForEach(static piece => piece.Dispose());
    }
}
