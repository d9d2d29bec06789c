using Microsoft.Win32.SafeHandles;

namespace Hctef.Caching.Disk;

/// <summary>All that the disk tier asks of a file system. Members throw what the file system says; none needs a lock of it.</summary>
internal interface IDiskFiles
{
    /// <summary>Creates a folder that only this user may enter (0700); one that exists stays as it is.</summary>
    void CreateFolder(string path);

    /// <summary>Why a folder is not to be trusted; <see langword="null"/> if it is.</summary>
    /// <param name="path">The folder. Links to folders are no folders.</param>
    /// <param name="isOwn">Whether nobody else may even look in; else only writing is for this user alone.</param>
    /// <exception cref="IOException">The folder does not exist, or cannot be looked at.</exception>
    string? Distrust(string path, bool isOwn);

    /// <summary>What lies in a folder itself and has a name that begins so; nothing if there is no such folder.</summary>
    List<DiskEntry> List(string folder, string prefix);

    /// <summary>The names of what lies in a folder itself; nothing if there is no such folder. Much sooner there than a <see cref="List"/>.</summary>
    List<string> Names(string folder);

    /// <summary>What has a name; <see langword="null"/> if nothing has.</summary>
    DiskEntry? Find(string path);

    /// <summary>Creates a file that only this user may read (0600 from the first instant), and opens it for writing, unbuffered.</summary>
    FileStream CreateNew(string path);

    /// <summary>Appends bytes.</summary>
    void Write(FileStream file, ReadOnlySpan<byte> bytes);

    /// <summary>Returns when all that was written is on the disk.</summary>
    void Flush(FileStream file);

    /// <summary>Gives a file another name, unless that is taken.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file, if it exists.</summary>
    void Delete(string path);

    /// <summary>Opens a file for reading, so that others may read, rename and delete it meanwhile.</summary>
    SafeFileHandle Open(string path);

    long GetLength(SafeFileHandle file);

    /// <summary>Reads at an offset until the buffer is full or the file ends.</summary>
    int Read(SafeFileHandle file, Span<byte> buffer, long offset);

    /// <summary>Sets the time of a file's last use, which is that of its last write.</summary>
    void Touch(string path, DateTimeOffset lastUse);

    /// <summary>The bytes that are free for this user on a folder's volume; <see cref="long.MaxValue"/> where nobody can say.</summary>
    long GetFreeBytes(string folder);
}
