using System.Runtime.ExceptionServices;

namespace Hctef.Files;

/// <summary>How a synchronous member waits for a task.</summary>
internal static class BlockingWait
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Blocks this thread until a task has ended, and throws what it threw.</summary>
    public static void Wait(Task task)
    {
#pragma warning disable VSTHRD002 // Only Task.Wait makes the thread pool add threads while its own block, so that the task can end.
        try
        {
            while (!task.Wait(Step))
            {
            }
        }
        catch (AggregateException e) when (e.InnerException is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
        }
#pragma warning restore VSTHRD002
    }

    /// <summary>Blocks this thread until a task has ended, and returns its result or throws what it threw.</summary>
    public static T Wait<T>(Task<T> task)
    {
        Wait((Task)task);
#pragma warning disable VSTHRD002, MA0042 // The task has ended.
        return task.Result;
#pragma warning restore VSTHRD002, MA0042
    }
}
