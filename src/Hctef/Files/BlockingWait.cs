using System.Runtime.ExceptionServices;

namespace Hctef.Files;

/// <summary>How a synchronous member waits for asynchronous work: the one place where a thread is blocked.</summary>
internal static class BlockingWait
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    /// <summary>Blocks this thread until a task has ended, and throws what it threw, not an <see cref="AggregateException"/>.</summary>
    public static void Wait(Task task) => Wait(task, CancellationToken.None);

    /// <summary>Blocks this thread until a task has ended or the wait is cancelled.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static void Wait(Task task, CancellationToken cancellationToken)
    {
        // VSTHRD002 (synchronous waits may deadlock): blocking is what the caller asked for, and of all ways to block only Task.Wait
        // makes the thread pool add threads for the work that is waited for. A timed wait never runs the task on this thread's stack.
#pragma warning disable VSTHRD002
        try
        {
            while (!task.Wait(Slice, cancellationToken))
            {
            }
        }
        catch (AggregateException failure) when (failure.InnerException is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }
#pragma warning restore VSTHRD002
    }

    /// <summary>Blocks this thread until a task has ended, and returns its result or throws what it threw.</summary>
    public static T Wait<T>(Task<T> task)
    {
        Wait((Task)task);

        // VSTHRD002: the task has ended, so this does not wait.
#pragma warning disable VSTHRD002
        return task.Result;
#pragma warning restore VSTHRD002
    }

    /// <summary>
    /// Starts work of code that is not Hctef's own and blocks this thread until it has ended. The work starts on the thread pool
    /// where this thread has a context that it could capture: its continuations would wait for this blocked thread.
    /// </summary>
    public static T Run<T>(Func<Task<T>> start)
    {
        bool captures = SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default;
        return Wait(captures ? Task.Run(start) : start());
    }
}
