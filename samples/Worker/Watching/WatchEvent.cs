namespace Worker.Watching;

/// <summary>What the watcher has noticed.</summary>
internal abstract record WatchEvent
{
    /// <summary>The file has new bytes at its end.</summary>
    /// <param name="Offset">Where they begin.</param>
    /// <param name="Bytes">The bytes, or the first of them: more may follow.</param>
    public sealed record Appended(long Offset, ReadOnlyMemory<byte> Bytes) : WatchEvent;

    /// <summary>The file is another one, shorter than what was read; it is read from its start.</summary>
    /// <param name="Length">Its length in bytes.</param>
    public sealed record Replaced(long Length) : WatchEvent;

    /// <summary>The origin cannot be asked.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unavailable(string Reason) : WatchEvent;

    /// <summary>The origin answers again.</summary>
    public sealed record Recovered : WatchEvent;
}
