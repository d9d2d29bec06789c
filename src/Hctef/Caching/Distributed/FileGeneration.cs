namespace Hctef.Caching.Distributed;

/// <summary>What is known of one file's generation. The lock of its <see cref="FileGenerations"/> guards it.</summary>
internal sealed class FileGeneration(string cacheKey)
{
    public string CacheKey { get; } = cacheKey;

    public RecordAddress Address { get; } = FileGenerations.AddressOf(cacheKey);

    /// <summary>The generation; <see langword="null"/> where the store has none, or has not been asked.</summary>
    public UInt128? Value { get; set; }

    /// <summary>When the value came, by the clock's timestamp.</summary>
    public long Known { get; set; }

    /// <summary>How long it counts; zero until the store has been asked.</summary>
    public TimeSpan FreshFor { get; set; }

    /// <summary>Whether the store lacks the value: it is written before it is read again.</summary>
    public bool IsUnsaved { get; set; }

    /// <summary>How often this process has given the file a generation: what was under way before does not count.</summary>
    public int Changes { get; set; }

    /// <summary>How often it has given up waiting: what was under way before is told those who still wait, and is not kept.</summary>
    public int GivenUp { get; set; }

    /// <summary>The latest reading, which all who need it share while it is under way.</summary>
    public Task<UInt128?>? Reading { get; set; }

    /// <summary>The latest creation, alike.</summary>
    public Task<UInt128?>? Creating { get; set; }
}
