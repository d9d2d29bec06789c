using System.Collections.Concurrent;

namespace Hctef.Tests.Caching;

/// <summary>Runs the same work on several threads of their own and throws what any of them threw.</summary>
internal static class ConcurrentThreads
{
    public static void Run(int count, Action<int> work)
    {
        var failures = new ConcurrentQueue<Exception>();
        using var start = new Barrier(count);
        Thread[] threads = [.. Enumerable.Range(0, count).Select(number => new Thread(() => RunOne(number)) { IsBackground = true })];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (!failures.IsEmpty)
        {
            throw new AggregateException(failures);
        }

        void RunOne(int number)
        {
            try
            {
                start.SignalAndWait();
                work(number);
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }
    }
}
