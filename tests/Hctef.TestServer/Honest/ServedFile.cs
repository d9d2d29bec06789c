using System.Collections.Concurrent;
using Hctef.TestServer.Content;
using Hctef.TestServer.Gates;

namespace Hctef.TestServer.Honest;

/// <summary>
/// One file of an <see cref="HonestServer"/>. Everything may be changed while requests run; a reply under way goes on
/// with the version it began with. The lock guards changes of the current version.
/// </summary>
public sealed class ServedFile
{
    private readonly Lock _lock = new();
    private readonly CountSignal _aborted = new();
    private readonly string _path;
    private volatile FileVersion _current;

    internal ServedFile(string path, Uri uri, long length, int version, ContentReader? content)
    {
        _path = path;
        Uri = uri;
        _current = new FileVersion(
            version,
            length,
            content ?? new TestContent(path, version).Fill,
            FileVersion.DefaultEntityTag(path, version),
            FileVersion.DefaultLastModified(version));
    }

    public Uri Uri { get; }

    public int Version => _current.Version;

    public long Length => _current.Length;

    /// <summary>Sent as it is. Default: a strong tag derived from path and version; null = none; may be weak.</summary>
    public string? EntityTag
    {
        get => _current.EntityTag;
        set => Change(current => current with { EntityTag = value });
    }

    /// <summary>Default: a fixed date, a minute later for each version; null = none.</summary>
    public DateTimeOffset? LastModified
    {
        get => _current.LastModified;
        set => Change(current => current with { LastModified = value });
    }

    public string? ContentType { get; set; } = "application/octet-stream";

    /// <summary>Sent with every reply that serves the file; they replace the server's own headers of the same name.</summary>
    public IDictionary<string, string> ExtraHeaders { get; } = new ConcurrentDictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>False: the Range header is ignored and the whole file is sent with status 200.</summary>
    public bool SupportsRanges { get; set; } = true;

    public SuffixBehaviour SuffixBehaviour { get; set; }

    public RedirectReply? Redirect { get; set; }

    public RequiredHeader? RequiredHeader { get; set; }

    public StatusOverride? StatusOverride { get; set; }

    /// <summary>Replies that clients dropped before they were complete.</summary>
    public int Aborted => _aborted.Count;

    internal FileVersion Current => _current;

    internal ReplyObstacles Obstacles { get; } = new();

    /// <summary>
    /// Replaces generated content by another version of it. A tag or date that was null stays null, a weak tag stays
    /// weak; otherwise both become the defaults of the new version.
    /// </summary>
    public void Update(int version, long length) => Update(version, length, new TestContent(_path, version).Fill);

    /// <inheritdoc cref="Update(int, long)"/>
    public void Update(int version, long length, ContentReader content) => Change(current => new FileVersion(
        version,
        length,
        content,
        TagLike(current.EntityTag, version),
        current.LastModified is null ? null : FileVersion.DefaultLastModified(version)));

    /// <summary>Body bytes from this absolute offset on are held back in every reply that covers it and satisfies the condition.</summary>
    public ResponseGate HoldAt(long offset, Func<RequestRecord, bool>? appliesTo = null) => Obstacles.HoldAt(offset, appliesTo);

    /// <summary>Replies are held back as a whole.</summary>
    public ResponseGate HoldHeaders(Func<RequestRecord, bool>? appliesTo = null) => Obstacles.HoldHeaders(appliesTo);

    /// <summary>
    /// The next replies that cover this absolute offset end before it, and their connection is closed. The bytes before
    /// it (headers at least) arrive for sure: the close is orderly (FIN), and the client sees a body that is too short.
    /// For a reset see the lying server.
    /// </summary>
    public void BreakAt(long offset, int times = 1) => Obstacles.BreakAt(offset, times);

    /// <summary>
    /// Completes when clients have dropped that many replies. A reply whose last bytes were already handed to the
    /// connection cannot be dropped: hold it, or make it larger than the socket buffers.
    /// </summary>
    public Task WhenAborted(int replies) => _aborted.WhenAtLeast(replies);

    /// <summary>Whether these are the bytes of the current version at this offset.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes, long offset)
    {
        FileVersion current = _current;
        if (offset + bytes.Length > current.Length)
            return false;
        var expected = new byte[bytes.Length];
        current.Content(expected, offset);
        return bytes.SequenceEqual(expected);
    }

    internal void CountAborted() => _aborted.Increment();

    private void Change(Func<FileVersion, FileVersion> change)
    {
        lock (_lock)
            _current = change(_current);
    }

    private string? TagLike(string? old, int version)
    {
        if (old is null)
            return null;
        string tag = FileVersion.DefaultEntityTag(_path, version);
        return old.StartsWith("W/", StringComparison.Ordinal) ? "W/" + tag : tag;
    }
}
