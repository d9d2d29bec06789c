using System.Collections.Concurrent;

namespace Hctef.Tests.Faults;

/// <summary>A thread that is the only one of its scheduler and of its context, like that of a window, and counts what comes back to it.</summary>
internal sealed class CallerThread : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private int _queued;

    public CallerThread()
    {
        _thread = new Thread(Loop) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>What was brought to the thread besides the calls of <see cref="RunAsync"/>.</summary>
    public int Returns => Volatile.Read(ref _queued);

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Starts an operation on the thread, under its scheduler or its context, and leaves it there.</summary>
    public async Task RunAsync(Func<Task> start, bool asContext)
    {
        var started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => Run(() =>
        {
            try
            {
                started.SetResult(start());
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        }));
        await (await started.Task.ConfigureAwait(false)).ConfigureAwait(false);

        void Run(Action call)
        {
            if (asContext)
            {
                SynchronizationContext.SetSynchronizationContext(new Context(this));
                call();
                SynchronizationContext.SetSynchronizationContext(null);
            }
            else
            {
                // Runs here and now, with this as the current scheduler, so that it is not counted.
                new Task(call).RunSynchronously(this);
            }
        }
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    protected override void QueueTask(Task task)
    {
        Interlocked.Increment(ref _queued);
        _work.Add(() => TryExecuteTask(task));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => Thread.CurrentThread == _thread && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Loop()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
            work();
    }

    private sealed class Context(CallerThread thread) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref thread._queued);
            thread._work.Add(() => d(state));
        }
    }
}
