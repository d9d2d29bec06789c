namespace Hctef.Caching.Distributed;

/// <summary>
/// How long reads of the store take: the median of the last 32 of alike size, in chunks. What is older than a minute does not
/// count, so that a store which was slow is tried again. The lock guards it.
/// </summary>
internal sealed class ReadTimes(TimeProvider time)
{
    private const int MostSamples = 32;

    /// <summary>The first reads of a process connect, and run code that nobody has run: they tell little of the next.</summary>
    private const int LeastSamples = 4;

    private static readonly TimeSpan MostAge = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<(long Taken, long Ticks)>[] _bySize = [new(), new(), new(), new()];

    public void Add(int chunks, TimeSpan taken)
    {
        lock (_gate)
        {
            Queue<(long Taken, long Ticks)> samples = _bySize[SizeOf(chunks)];
            if (samples.Count == MostSamples)
            {
                samples.Dequeue();
            }

            samples.Enqueue((time.GetTimestamp(), taken.Ticks));
        }
    }

    /// <summary>The median for so many chunks at once, or for a number nearby; zero while nothing is known.</summary>
    public TimeSpan Median(int chunks)
    {
        int size = SizeOf(chunks);
        lock (_gate)
        {
            // Fewer at once take hardly less time, so the larger ones are asked first.
            for (int larger = size; larger < _bySize.Length; larger++)
            {
                if (Median_NeedsLock(_bySize[larger]) is { } median)
                {
                    return median;
                }
            }

            for (int smaller = size - 1; smaller >= 0; smaller--)
            {
                if (Median_NeedsLock(_bySize[smaller]) is { } median)
                {
                    return median;
                }
            }

            return TimeSpan.Zero;
        }
    }

    /// <summary>1, 2 or 3, 4 to 7, and more.</summary>
    private int SizeOf(int chunks) => Math.Min(int.Log2(chunks), _bySize.Length - 1);

    private TimeSpan? Median_NeedsLock(Queue<(long Taken, long Ticks)> samples)
    {
        while (samples.TryPeek(out (long Taken, long Ticks) oldest) && time.GetElapsedTime(oldest.Taken) > MostAge)
        {
            samples.Dequeue();
        }

        if (samples.Count < LeastSamples)
        {
            return null;
        }

        Span<long> sorted = stackalloc long[MostSamples];
        int count = 0;
        foreach ((_, long ticks) in samples)
        {
            sorted[count++] = ticks;
        }

        sorted[..count].Sort();
        return TimeSpan.FromTicks(sorted[count / 2]);
    }
}
