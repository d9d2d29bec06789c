using System.Diagnostics;

namespace Hctef.TestServer.Shaping;

/// <summary>
/// Waits that end within about a tenth of a millisecond of their time (the pool's timers are late by up to one or more).
/// One thread serves all waits; the lock guards the queue of those not yet due.
/// </summary>
internal sealed class PreciseTimer
{
    private static readonly Lazy<PreciseTimer> Instance = new(() => new PreciseTimer());
    private static readonly long TicksPerMillisecond = Stopwatch.Frequency / 1000;

    /// <summary>A wait that comes while the thread pauses, and is due before the pause ends, is late by as much at most.</summary>
    private static readonly long LongestPause = TicksPerMillisecond / 4;

    private readonly object _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _queue = new();

    private PreciseTimer()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "Precise timer", Priority = ThreadPriority.AboveNormal };
        thread.Start();
    }

    public static PreciseTimer Shared => Instance.Value;

    /// <summary>Waits for a moment on the scale of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public Task WaitUntilAsync(long timestamp, CancellationToken cancellationToken)
    {
        if (timestamp <= Stopwatch.GetTimestamp())
            return Task.CompletedTask;
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _queue.Enqueue(source, timestamp);
            Monitor.Pulse(_lock);
        }

        return source.Task.WaitAsync(cancellationToken);
    }

    private void Run()
    {
        ShortPause.BePrecise();
        while (true)
        {
            long remaining = WaitUntilAlmostDue();
            if (remaining > 0)
                ShortPause.Wait(Math.Min(remaining, LongestPause));
        }
    }

    private long WaitUntilAlmostDue()
    {
        lock (_lock)
        {
            while (true)
            {
                if (!_queue.TryPeek(out TaskCompletionSource? source, out long due))
                {
                    Monitor.Wait(_lock);
                    continue;
                }

                long remaining = due - Stopwatch.GetTimestamp();
                if (remaining <= 0)
                {
                    _queue.Dequeue();
                    source.TrySetResult();
                }
                else if (remaining > 2 * TicksPerMillisecond)
                {
                    Monitor.Wait(_lock, (int)Math.Min((remaining / TicksPerMillisecond) - 1, int.MaxValue));
                }
                else
                {
                    return remaining;
                }
            }
        }
    }
}
