using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace Hctef.Caching.Disk;

/// <summary>The machine's own file system.</summary>
internal sealed class DiskFiles : IDiskFiles
{
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly EnumerationOptions AllNames = new()
    {
        RecurseSubdirectories = false,
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
    };

    public void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            // The runtime would make those above it with all that the umask lets through: with none, anybody could write there.
            if (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) is { } parent)
            {
                CreateFolder(parent);
            }

            Directory.CreateDirectory(path, OwnFolder);
        }
    }

    public string? Distrust(string path, bool isOwn)
    {
        var folder = new DirectoryInfo(path);
        FileAttributes attributes = folder.Attributes;
        if (!folder.Exists && attributes == (FileAttributes)(-1))
        {
            throw new DirectoryNotFoundException();
        }

        if (attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return "it is a link";
        }

        if (!attributes.HasFlag(FileAttributes.Directory))
        {
            return "it is no folder";
        }

        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        UnixFileMode mode = folder.UnixFileMode & Permissions;
        if (!FileOwner.IsThisUser(path))
        {
            return "it belongs to another user";
        }

        return isOwn switch
        {
            true when mode != OwnFolder => "others than its owner may look into it, or its owner may not",
            false when (mode & WritableByOthers) != UnixFileMode.None => "others than its owner may write to it",
            _ => null,
        };
    }

    public List<DiskEntry> List(string folder, string prefix) => Enumerate(folder, prefix, ToEntry);

    public List<string> Names(string folder) => Enumerate(folder, "", static (ref entry) => entry.FileName.ToString());

    public DiskEntry? Find(string path)
    {
        var file = new FileInfo(path);
        FileAttributes attributes = file.Attributes;
        if (attributes == (FileAttributes)(-1))
        {
            return null;
        }

        if (attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return new DiskEntry(file.Name, DiskEntryKind.Link, 0, default);
        }

        return attributes.HasFlag(FileAttributes.Directory)
            ? new DiskEntry(file.Name, DiskEntryKind.Folder, 0, default)
            : new DiskEntry(file.Name, DiskEntryKind.File, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
    }

    public FileStream CreateNew(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnFile;
        }

        return new FileStream(path, options);
    }

    public void Write(FileStream file, ReadOnlySpan<byte> bytes) => file.Write(bytes);

    public void Flush(FileStream file) => file.Flush(flushToDisk: true);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: false);

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder.
        }
    }

    public SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);

    public long GetLength(SafeFileHandle file) => RandomAccess.GetLength(file);

    public int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int count = RandomAccess.Read(file, buffer[total..], offset + total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    public void Touch(string path, DateTimeOffset lastUse) => File.SetLastWriteTimeUtc(path, lastUse.UtcDateTime);

    public long GetFreeBytes(string folder)
    {
        string? volume = OperatingSystem.IsWindows() ? Path.GetPathRoot(folder) : folder;
        try
        {
            return volume is null ? long.MaxValue : new DriveInfo(volume).AvailableFreeSpace;
        }
        catch (ArgumentException)
        {
            // A share of a network, on Windows.
            return long.MaxValue;
        }
    }

    private static List<T> Enumerate<T>(string folder, string prefix, FileSystemEnumerable<T>.FindTransform transform)
    {
        try
        {
            return
            [
                .. new FileSystemEnumerable<T>(folder, transform, AllNames)
                {
                    ShouldIncludePredicate = (ref entry) => entry.FileName.StartsWith(prefix, StringComparison.Ordinal),
                },
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static DiskEntry ToEntry(ref FileSystemEntry entry)
    {
        string name = entry.FileName.ToString();
        if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return new DiskEntry(name, DiskEntryKind.Link, 0, default);
        }

        return entry.IsDirectory
            ? new DiskEntry(name, DiskEntryKind.Folder, 0, default)
            : new DiskEntry(name, DiskEntryKind.File, entry.Length, entry.LastWriteTimeUtc);
    }
}
