using Hctef.Files;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>
/// One reader among many who share handles: does anything at random, and checks every byte that it is given. A synchronous one blocks a
/// thread of its own.
/// </summary>
internal sealed class AdversaryReader(AdversaryRun run, int seed, bool sync)
{
    private readonly Random _random = new(seed);
    private readonly AdversaryOutcomes _outcomes = run.Outcomes;

    /// <summary>What it is doing, for a run that hangs.</summary>
    public string Doing { get; private set; } = "nothing yet";

    public async Task RunAsync()
    {
        while (run.TryBegin())
        {
            int slot = _random.Next(run.Slots);
            using var cancellation = new CancellationTokenSource();
            LiarHandle? handle = null;
            try
            {
                handle = await HandleAsync(slot, cancellation.Token);
                await StepAsync(slot, handle, cancellation);
            }
            catch (Exception failure)
            {
                string kind = AdversaryOutcomes.KindOf(failure, handle, cancellation.Token)
                    ?? throw new InvalidOperationException($"{Doing} ended wrongly: {failure.Message}", failure);
                _outcomes.Count(kind);
                if (failure is RemoteFileChangedException)
                    run.Close(slot, handle);
            }
        }

        Doing = "nothing any more";
    }

    private async Task<LiarHandle> HandleAsync(int slot, CancellationToken cancellationToken)
    {
        if (run.Find(slot) is { } known)
            return known;
        Doing = $"opening {run.FileOf(slot).Path}";
        var options = new RemoteFileOptions
        {
            PrefetchBytes = _random.Next(3) * _random.Next(100_000),
            PrefetchDirection = (PrefetchDirection)_random.Next(2),
            MinimumRangeRequestBytes = _random.Next(1, 20_000),
            ReadaheadBytes = _random.Next(4) == 0 ? _random.Next(100_000) : null,
        };
        return await EndOfAsync(run.OpenAsync(slot, options, cancellationToken));
    }

    private async Task StepAsync(int slot, LiarHandle handle, CancellationTokenSource cancellation)
    {
        IRemoteFile file = handle.Opened;
        switch (_random.Next(100))
        {
            case < 55:
                byte[] buffer = new byte[RandomLength()];
                long offset = _random.NextInt64(handle.Length + 20);
                Doing = $"reading {buffer.Length} at {offset}";
                int count = sync
                    ? file.Read(buffer, offset)
                    : await CancelledAtTimesAsync(file.ReadAsync(buffer, offset, cancellation.Token).AsTask(), cancellation);
                Check(handle, buffer, offset, count);
                break;
            case < 75:
                await ReadStreamAsync(handle, cancellation);
                break;
            case < 82:
                await ReadRangesAsync(handle, cancellation);
                break;
            case < 90:
                ByteRange range = new(_random.NextInt64(handle.Length), _random.Next(1, 60_000));
                Doing = $"prefetching {range}";
                await CancelledAtTimesAsync(file.PrefetchAsync([range], cancellation.Token).AsTask(), cancellation);
                _outcomes.Count("prefetched");
                break;
            case < 95:
                await CopyAsync(handle, cancellation);
                break;
            case < 97:
                Doing = "asking whether it has changed";
                await EndOfAsync(file.RevalidateAsync(cancellation.Token).AsTask());
                _outcomes.Count("not changed");
                break;
            case < 99:
                ByteRange[] cached = [.. file.GetCachedRanges()];
                Assert.All(cached, static range => Assert.True(range.Length > 0));
                _outcomes.Count("asked what is cached");
                break;
            default:
                run.Close(slot, handle);
                _outcomes.Count("closed");
                break;
        }
    }

    private async Task ReadStreamAsync(LiarHandle handle, CancellationTokenSource cancellation)
    {
        await using RemoteFileStream stream = handle.Opened.OpenStream((CursorCaching)_random.Next(3));
        stream.Position = _random.NextInt64(handle.Length);
        await using RemoteFileStream? clone = _random.Next(4) == 0 ? stream.Clone() : null;
        byte[] buffer = new byte[RandomLength()];
        for (int reads = _random.Next(1, 8); reads > 0; reads--)
        {
            RemoteFileStream one = clone is not null && _random.Next(2) == 0 ? clone : stream;
            long offset = one.Position;
            Array.Clear(buffer);
            Doing = $"reading {buffer.Length} at {offset} of a stream";
            int count = sync
                ? one.Read(buffer)
                : await CancelledAtTimesAsync(one.ReadAsync(buffer, cancellation.Token).AsTask(), cancellation);
            Check(handle, buffer, offset, count);
        }
    }

    private async Task ReadRangesAsync(LiarHandle handle, CancellationTokenSource cancellation)
    {
        RangeRead[] reads = [.. Enumerable.Range(0, _random.Next(1, 6)).Select(_ =>
        {
            byte[] buffer = new byte[_random.NextInt64(1, Math.Min(handle.Length, 5000) + 1)];
            return new RangeRead(_random.NextInt64(handle.Length - buffer.Length + 1), buffer);
        })];
        Doing = $"reading {reads.Length} ranges";
        await CancelledAtTimesAsync(handle.Opened.ReadRangesAsync(reads, cancellation.Token).AsTask(), cancellation);
        foreach (RangeRead read in reads)
            Check(handle, read.Buffer.Span, read.FileOffset, read.Buffer.Length);
    }

    private async Task CopyAsync(LiarHandle handle, CancellationTokenSource cancellation)
    {
        long offset = _random.NextInt64(handle.Length);
        long length = _random.NextInt64(1, handle.Length - offset + 1);
        Doing = $"copying {length} at {offset}";
        using var copy = new MemoryStream();
        await CancelledAtTimesAsync(handle.Opened.CopyToAsync(copy, new ByteRange(offset, length), cancellation.Token), cancellation);
        Check(handle, copy.ToArray(), offset, (int)length);
    }

    private void Check(LiarHandle handle, ReadOnlySpan<byte> buffer, long offset, int count)
    {
        handle.Check(buffer, offset, count);
        _outcomes.Count(AdversaryOutcomes.Right);
    }

    private Task<T> CancelledAtTimesAsync<T>(Task<T> task, CancellationTokenSource cancellation)
    {
        CancelAtTimes(task, cancellation);
        return EndOfAsync(task);
    }

    private async Task CancelledAtTimesAsync(Task task, CancellationTokenSource cancellation)
    {
        CancelAtTimes(task, cancellation);
        await EndOfAsync(WithResultAsync(task));
    }

    private void CancelAtTimes(Task task, CancellationTokenSource cancellation)
    {
        if (_random.Next(8) != 0)
            return;
        for (int turns = _random.Next(50); turns > 0 && !task.IsCompleted; turns--)
            Thread.Yield();
        cancellation.Cancel();
    }

    private static async Task<bool> WithResultAsync(Task task)
    {
        await task;
        return true;
    }

    /// <summary>A synchronous reader waits on its own thread, and stays there.</summary>
    private async Task<T> EndOfAsync<T>(Task<T> task) => sync ? BlockingWait.Wait(task) : await task;

    private int RandomLength() => _random.Next(5) switch
    {
        0 => _random.Next(1, 64),
        1 => _random.Next(1, 100_000),
        _ => _random.Next(1, 10_000),
    };
}
