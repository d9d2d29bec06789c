using Hctef.Caching;
using Hctef.Files;
using Hctef.Options;
using Hctef.TestServer.Content;

namespace Hctef.Tests.Fetching;

/// <summary>
/// One user of some files, who does anything at random, and checks every byte. A synchronous one blocks its thread and never leaves it.
/// </summary>
internal sealed class RandomReader(FetchRig rig, int[] lengths, int seed, bool sync, Action<BlockMap> opened)
{
    private readonly Random _random = new(seed);
    private readonly RemoteFile?[] _files = new RemoteFile?[lengths.Length];
    private readonly FileCursor?[] _cursors = new FileCursor?[lengths.Length];
    private readonly long[] _positions = new long[lengths.Length];
    private readonly TestContent[] _contents = [.. Enumerable.Range(0, lengths.Length).Select(FlakyOrigin.ContentOf)];

    /// <summary>Reads that brought all their bytes, all of them right.</summary>
    public int Served { get; private set; }

    /// <summary>Reads that failed as they may.</summary>
    public int Failed { get; private set; }

    public async Task RunAsync(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            int index = _random.Next(lengths.Length);
            if (_files[index] is null && !await TryOpenAsync(index))
            {
                continue;
            }

            await StepAsync(index, _files[index]!);
        }

        for (int index = 0; index < _files.Length; index++)
        {
            Close(index);
        }
    }

    private async Task StepAsync(int index, RemoteFile file)
    {
        switch (_random.Next(100))
        {
            case < 45:
                await ReadAsync(
                    index, (buffer, offset, token) => ReadFile(file, buffer, offset, token), _random.Next(-10, lengths[index] + 10));
                break;
            case < 80:
                await ReadCursorAsync(index, file);
                break;
            case < 88:
                await PrefetchAsync(index, file);
                break;
            case < 93:
                await ReadRangesAsync(index, file);
                break;
            case < 97:
                _cursors[index]?.Dispose();
                _cursors[index] = null;
                break;
            case < 98:
                await CloseDuringReadAsync(index, file);
                break;
            default:
                Close(index);
                break;
        }
    }

    private async Task<bool> TryOpenAsync(int index)
    {
        var options = new ResolvedFileOptions
        {
            PrefetchBytes = _random.Next(3) * _random.Next(lengths[index] + 1),
            PrefetchDirection = (PrefetchDirection)_random.Next(2),
            MinimumRangeRequestBytes = _random.Next(1, 4 * rig.Cache.BlockBytes),
            ReadaheadBytes = _random.Next(3) switch { 0 => 0, 1 => _random.Next(lengths[index]), _ => null },
        };
        try
        {
            Task<IHctefFile> opening = rig.Engine.OpenAsync(FlakyOrigin.UriOf(index), options, CancellationToken.None);
            await EndOf(opening);
            _files[index] = (RemoteFile)await opening;
            opened(_files[index]!.Source.Map);
            return true;
        }
        catch (HctefNetworkException)
        {
            return false;
        }
    }

    private async ValueTask<int> ReadFile(RemoteFile file, byte[] buffer, long offset, CancellationToken cancellationToken) =>
        sync ? file.Read(buffer, offset) : await file.ReadAsync(buffer, offset, cancellationToken);

    private Task ReadCursorAsync(int index, RemoteFile file)
    {
        FileCursor cursor = _cursors[index] ??= file.OpenCursor((CursorCaching)_random.Next(3));
        if (_random.Next(4) == 0)
        {
            _positions[index] = _random.Next(lengths[index] + 10);
        }

        return ReadAsync(
            index,
            async (buffer, offset, token) =>
            {
                int count = sync ? cursor.Read(buffer, offset) : await cursor.ReadAsync(buffer, offset, token);
                _positions[index] = offset + count;
                return count;
            },
            _positions[index]);
    }

    private async Task ReadAsync(int index, Func<byte[], long, CancellationToken, ValueTask<int>> read, long offset)
    {
        byte[] buffer = new byte[RandomLength(lengths[index])];
        using var cancellation = new CancellationTokenSource();
        try
        {
            ValueTask<int> reading = read(buffer, offset, cancellation.Token);
            if (_random.Next(10) == 0)
            {
                await PauseAsync();
                cancellation.Cancel();
            }

            int count = await reading;
            Check(index, buffer, offset, count);
        }
        catch (ArgumentOutOfRangeException) when (offset < 0)
        {
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (HctefNetworkException)
        {
            Failed++;
        }
    }

    private async Task ReadRangesAsync(int index, RemoteFile file)
    {
        RangeRead[] reads = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ =>
        {
            byte[] buffer = new byte[_random.Next(1, Math.Min(lengths[index], 5000) + 1)];
            return new RangeRead(_random.Next(lengths[index] - buffer.Length + 1), buffer);
        })];
        try
        {
            Task reading = file.ReadRangesAsync(reads, CancellationToken.None).AsTask();
            await EndOf(reading);
            await reading;
            Array.ForEach(reads, read => Check(index, read.Buffer.Span, read.FileOffset, read.Buffer.Length));
        }
        catch (HctefNetworkException)
        {
            Failed++;
        }
    }

    private async Task PrefetchAsync(int index, RemoteFile file)
    {
        ByteRange[] ranges = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ =>
            new ByteRange(_random.Next(lengths[index]), _random.Next(1, 50_000)))];
        using var cancellation = new CancellationTokenSource();
        Task prefetch = file.PrefetchAsync(ranges, cancellation.Token).AsTask();
        if (_random.Next(2) == 0)
        {
            cancellation.Cancel();
        }

        await EndOf(prefetch);
        await prefetch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.False(prefetch.IsFaulted, prefetch.Exception?.ToString());
    }

    private async Task CloseDuringReadAsync(int index, RemoteFile file)
    {
        long offset = _random.Next(lengths[index]);
        byte[] buffer = new byte[RandomLength(lengths[index])];
        Task<int> read = sync
            ? Task.Factory.StartNew(() => file.Read(buffer, offset), TaskCreationOptions.LongRunning)
            : file.ReadAsync(buffer, offset).AsTask();
        await PauseAsync();
        Close(index);
        try
        {
            await EndOf(read);
            int count = await read;
            Check(index, buffer, offset, count);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or HctefNetworkException)
        {
        }
    }

    private async ValueTask PauseAsync()
    {
        for (int turns = _random.Next(20); turns > 0; turns--)
        {
            if (sync)
            {
                Thread.Yield();
            }
            else
            {
                await Task.Yield();
            }
        }
    }

    private ValueTask EndOf(Task task)
    {
        if (sync)
        {
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
        }

        return default;
    }

    private void Close(int index)
    {
        _cursors[index]?.Dispose();
        _cursors[index] = null;
        _files[index]?.Dispose();
        _files[index] = null;
    }

    private void Check(int index, ReadOnlySpan<byte> buffer, long offset, int count)
    {
        Assert.Equal(Math.Min(buffer.Length, Math.Max(0, lengths[index] - offset)), count);
        Assert.True(_contents[index].Matches(buffer[..count], offset), $"Wrong bytes in file {index} at {offset}, {count} bytes.");
        Assert.True(buffer[count..].IndexOfAnyExcept((byte)0) < 0, "Bytes behind the end were written.");
        Served++;
    }

    private int RandomLength(int length) => _random.Next(4) switch
    {
        0 => _random.Next(1, 64),
        1 => _random.Next(length + 100),
        _ => _random.Next(1, 4 * rig.Cache.BlockBytes),
    };
}
