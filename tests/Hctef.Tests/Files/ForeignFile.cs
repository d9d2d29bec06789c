namespace Hctef.Tests.Files;

/// <summary>A file that is not Hctef's own: it reads short, completes later, and counts what it is asked. It may be read concurrently.</summary>
internal sealed class ForeignFile(byte[] content, int mostBytesPerRead = int.MaxValue) : IRemoteFile
{
    private int _reads;
    private int _reading;

    public Uri Uri { get; } = new("https://example.com/foreign");

    /// <summary>What the file states as its length, where that is not the truth.</summary>
    public long? StatedLength { get; init; }

    /// <summary>Whether reads complete on another thread, later, and want their caller's context for it.</summary>
    public bool Late { get; init; }

    /// <summary>What reads throw.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What reads and openings wait for.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    /// <summary>Called with the number of reads so far when one starts.</summary>
    public Action<int>? ReadStarting { get; init; }

    public int Reads => Volatile.Read(ref _reads);

    public int ReadsUnderWay => Volatile.Read(ref _reading);

    public int MostReadsAtOnce { get; private set; }

    public int Disposals { get; private set; }

    public List<ByteRange> Prefetched { get; } = [];

    public ValueTask<RemoteFileInfo> GetInfoAsync(CancellationToken cancellationToken = default) =>
        new(new RemoteFileInfo { Length = StatedLength ?? content.Length });

    public ValueTask<RemoteFileInfo> RevalidateAsync(CancellationToken cancellationToken = default) => GetInfoAsync(cancellationToken);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long fileOffset, CancellationToken cancellationToken = default)
    {
        int number = Interlocked.Increment(ref _reads);
        lock (content)
            MostReadsAtOnce = Math.Max(MostReadsAtOnce, ++_reading);
        ReadStarting?.Invoke(number);
        try
        {
            if (Late)
                await Task.Yield();
            await Gate.WaitAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (Failure is not null)
                throw Failure;
            int count = (int)Math.Clamp(content.Length - fileOffset, 0, Math.Min(buffer.Length, mostBytesPerRead));
            content.AsSpan((int)Math.Min(fileOffset, content.Length), count).CopyTo(buffer.Span);
            return count;
        }
        finally
        {
            lock (content)
                _reading--;
        }
    }

    public ValueTask<long> PrefetchAsync(IReadOnlyList<ByteRange> ranges, CancellationToken cancellationToken = default)
    {
        Prefetched.AddRange(ranges);
        return new ValueTask<long>(ranges.Sum(range => range.Length));
    }

    public RemoteFileStatistics GetStatistics() => default;

    public IReadOnlyList<ByteRange> GetCachedRanges() => [];

    public void Dispose() => Disposals++;

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return default;
    }
}
