using Hctef.Diagnostics;

namespace Hctef.Caching.Disk;

/// <summary>
/// Runs what reads the disk on the thread pool: eight at a time, and none is waited for longer than two seconds. One that takes longer
/// keeps its slot and its memory until it ends, and reading rests.
/// </summary>
internal sealed class DiskReads(TimeProvider time, DiskHealth health, TierCounters counters)
{
    private const int Slots = 8;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _slots = new(Slots);

    /// <summary>What the work returns; <see langword="null"/> where it fails or takes too long, too.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<T?> RunAsync<T>(Func<T?> work, CancellationToken cancellationToken)
        where T : class
    {
        long began = time.GetTimestamp();
        if (!await TryEnterAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        Task<T?> running = Task.Run(() => RunInSlot(work), CancellationToken.None);
        TimeSpan left = Limit - time.GetElapsedTime(began);
        try
        {
            return await running.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            _ = DropResultAsync(running);
            if (exception is OperationCanceledException)
            {
                throw;
            }

            FailByTime();
            return null;
        }
    }

    private async Task<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (_slots.Wait(0, CancellationToken.None))
        {
            return true;
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _slots.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FailByTime();
            return false;
        }
    }

    private T? RunInSlot<T>(Func<T?> work)
        where T : class
    {
        try
        {
            T? result = work();
            health.Reading.Succeed();
            return result;
        }
        catch (Exception exception)
        {
            // Whatever it is, a reader goes on without the disk.
            counters.CountFailed();
            health.FailReading(exception);
            return null;
        }
        finally
        {
            _slots.Release();
        }
    }

    private void FailByTime()
    {
        counters.CountFailed();
        health.Reading.Fail($"the disk has not answered within {Limit.TotalSeconds} s");
    }

    private static async Task DropResultAsync<T>(Task<T?> running)
        where T : class => (await running.ConfigureAwait(false) as IDisposable)?.Dispose();
}
