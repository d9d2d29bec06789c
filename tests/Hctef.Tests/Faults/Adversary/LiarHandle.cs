using Hctef.TestServer.Content;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>An open file that several readers share, and the one version that it may show them.</summary>
internal sealed class LiarHandle : IDisposable
{
    private readonly LiarFile _file;
    private readonly TestContent _content;
    private volatile bool _isClosed;

    public LiarHandle(LiarFile file, IRemoteFile opened)
    {
        (_file, Opened) = (file, opened);
        RemoteFileInfo info = opened.GetInfo();
        (Version, Length) = (LiarFile.VersionOf(info.EntityTag), info.Length);
        _content = file.ContentOf(Version);
    }

    public IRemoteFile Opened { get; }

    public int Version { get; }

    /// <summary>What the opening reply told, which may be a lie.</summary>
    public long Length { get; }

    /// <summary>Whether readers may find it closed.</summary>
    public bool IsClosed => _isClosed;

    public void Check(ReadOnlySpan<byte> bytes, long offset, int count)
    {
        long expected = Math.Min(bytes.Length, Math.Max(0, Length - offset));
        if (count != expected)
            throw new InvalidOperationException($"{count} bytes instead of {expected} at {offset} of {Length}.");
        if (!_content.Matches(bytes[..count], offset))
            throw new InvalidOperationException($"Wrong bytes of {_file.Path}, version {Version}, at {offset}: {Describe(bytes[..count], offset)}.");
        if (bytes[count..].ContainsAnyExcept((byte)0))
            throw new InvalidOperationException("Bytes behind the end were written.");
    }

    public void Dispose()
    {
        _isClosed = true;
        Opened.Dispose();
    }

    /// <summary>Where the wrong bytes begin, and which other version they would belong to.</summary>
    private string Describe(ReadOnlySpan<byte> bytes, long offset)
    {
        int first = 0;
        while (_content.ByteAt(offset + first) == bytes[first])
            first++;
        ReadOnlySpan<byte> wrong = bytes.Slice(first, Math.Min(16, bytes.Length - first));
        for (int version = 1; version <= _file.Version; version++)
        {
            if (_file.ContentOf(version).Matches(wrong, offset + first))
                return $"from byte {first} of {bytes.Length} on those of version {version}";
        }

        return $"from byte {first} of {bytes.Length} on {Convert.ToHexString(wrong)}";
    }
}
