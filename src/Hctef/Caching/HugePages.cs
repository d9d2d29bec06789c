using System.Runtime.InteropServices;

namespace Hctef.Caching;

/// <summary>
/// Asks Linux to back the pool by huge pages, which makes its first touch several times cheaper. A request only: failure changes
/// nothing.
/// </summary>
internal static unsafe partial class HugePages
{
    private const int AdviseHugePage = 14;

    public static void Advise(byte* memory, nuint length)
    {
        if (!OperatingSystem.IsLinux() || length < 2 * 1024 * 1024)
        {
            return;
        }

        try
        {
            _ = MemoryAdvise(memory, length, AdviseHugePage);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MemoryAdvise(byte* address, nuint length, int advice);
}
