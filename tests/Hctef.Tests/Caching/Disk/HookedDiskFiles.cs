using System.Collections.Concurrent;
using Hctef.Caching.Disk;
using Microsoft.Win32.SafeHandles;

namespace Hctef.Tests.Caching.Disk;

/// <summary>The real file system, with a word to say before each call: to count it, fail it, hold it up, or end the process there.</summary>
internal sealed class HookedDiskFiles : IDiskFiles
{
    private readonly DiskFiles _files = new();
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>Hears of a call by the name of its member, before it is made.</summary>
    public Action<string> Before { get; set; } = static _ => { };

    /// <summary>How many bytes of each write reach the disk before the hook hears of it.</summary>
    public bool WritesHalfFirst { get; init; }

    /// <summary>What the volume is said to have; <see langword="null"/> for the truth.</summary>
    public long? FreeBytes { get; set; }

    /// <summary>The members that were called.</summary>
    public IReadOnlyCollection<string> Calls => _calls;

    public void CreateFolder(string path)
    {
        Hear(nameof(CreateFolder));
        _files.CreateFolder(path);
    }

    public string? Distrust(string path, bool isOwn)
    {
        Hear(nameof(Distrust));
        return _files.Distrust(path, isOwn);
    }

    public List<DiskEntry> List(string folder, string prefix)
    {
        Hear(nameof(List));
        return _files.List(folder, prefix);
    }

    public List<string> Names(string folder)
    {
        Hear(nameof(Names));
        return _files.Names(folder);
    }

    public DiskEntry? Find(string path)
    {
        Hear(nameof(Find));
        return _files.Find(path);
    }

    public FileStream CreateNew(string path)
    {
        Hear(nameof(CreateNew));
        return _files.CreateNew(path);
    }

    public void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        int half = WritesHalfFirst ? bytes.Length / 2 : 0;
        _files.Write(file, bytes[..half]);
        Hear(nameof(Write));
        _files.Write(file, bytes[half..]);
    }

    public void Flush(FileStream file)
    {
        Hear(nameof(Flush));
        _files.Flush(file);
    }

    public void Rename(string from, string to)
    {
        Hear(nameof(Rename));
        _files.Rename(from, to);
    }

    public void Delete(string path)
    {
        Hear(nameof(Delete));
        _files.Delete(path);
    }

    public SafeFileHandle Open(string path)
    {
        Hear(nameof(Open));
        return _files.Open(path);
    }

    public long GetLength(SafeFileHandle file)
    {
        Hear(nameof(GetLength));
        return _files.GetLength(file);
    }

    public int Read(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        Hear(nameof(Read));
        return _files.Read(file, buffer, offset);
    }

    public void Touch(string path, DateTimeOffset lastUse)
    {
        Hear(nameof(Touch));
        _files.Touch(path, lastUse);
    }

    public long GetFreeBytes(string folder)
    {
        Hear(nameof(GetFreeBytes));
        return FreeBytes ?? _files.GetFreeBytes(folder);
    }

    private void Hear(string call)
    {
        _calls.Enqueue(call);
        Before(call);
    }
}
