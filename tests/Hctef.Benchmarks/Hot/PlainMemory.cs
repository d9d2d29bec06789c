using System.Runtime.InteropServices;

namespace Hctef.Benchmarks.Hot;

/// <summary>Memory outside the managed heap, on huge pages where Linux gives them: the fastest there is to copy from.</summary>
internal sealed unsafe partial class PlainMemory : IDisposable
{
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    private readonly void* _start;
    private readonly int _length;

    public PlainMemory(int length)
    {
        _length = length;
        _start = NativeMemory.AlignedAlloc((nuint)length, HugePage);
        if (OperatingSystem.IsLinux())
            _ = Advise(_start, (nuint)length, AdviseHugePages);
    }

    public Span<byte> Span => new(_start, _length);

    public void Dispose() => NativeMemory.AlignedFree(_start);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
