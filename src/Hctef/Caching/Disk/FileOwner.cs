using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hctef.Caching.Disk;

/// <summary>Whether a file of a Unix system belongs to the user as whom this process runs.</summary>
internal static unsafe partial class FileOwner
{
    private const int CurrentFolder = -100;
    private const int DoNotFollowLinks = 0x100;
    private const uint WantUserId = 0x8;

    // Of the kernel's struct statx, which is the same on all architectures: its size, and where the mask and the owner are.
    private const int StatBytes = 256;
    private const int UserIdOffset = 20;

    public static bool IsThisUser(string path) => UserIdOf(path) is { } owner ? owner == EffectiveUserId() : MayChangeMode(path);

    /// <summary><see langword="null"/> where the system has no such call.</summary>
    private static uint? UserIdOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        byte* stat = stackalloc byte[StatBytes];
        try
        {
            int failed = Statx(CurrentFolder, path, DoNotFollowLinks, WantUserId, stat);
            var told = new ReadOnlySpan<byte>(stat, StatBytes);
            return failed != 0 || (Number(told) & WantUserId) == 0 ? null : Number(told[UserIdOffset..]);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Elsewhere: a mode may be set by the owner only (and by root, to whom all is open anyway).</summary>
    private static bool MayChangeMode(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        try
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path));
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static uint Number(ReadOnlySpan<byte> bytes) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* stat);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUserId();
}
