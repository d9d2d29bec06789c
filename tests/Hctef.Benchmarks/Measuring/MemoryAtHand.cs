using System.Runtime.InteropServices;

namespace Hctef.Benchmarks.Measuring;

/// <summary>
/// Has the system clear memory and gives it back. A virtual machine may give its free pages back to the host, and who takes them next pays many times
/// as much: runs that are compared with each other begin alike where there is enough at hand that the machine has just used.
/// </summary>
internal static class MemoryAtHand
{
    private const int PageBytes = 4096;

    public static unsafe void Provide(long bytes)
    {
        var memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, PageBytes);
        for (long i = 0; i < bytes; i += PageBytes)
            memory[i] = 1;
        NativeMemory.AlignedFree(memory);
    }
}
