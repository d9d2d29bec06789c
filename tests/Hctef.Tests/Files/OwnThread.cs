namespace Hctef.Tests.Files;

/// <summary>Runs what blocks on a thread of its own: blocked threads of the pool would hold up the servers of all tests.</summary>
internal static class OwnThread
{
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(FileRig.HangGuard);
}
