using System.Globalization;
using Hctef.Files;
using Hctef.TestServer.Content;

namespace Hctef.Tests.Fetching;

/// <summary>
/// Many synchronous readers in a process whose thread pool is clamped: the clamp is the whole process's, and a test host needs its pool.
/// </summary>
internal static class ClampedReaders
{
    public const string Mode = "clamped-readers";
    public const int FileBytes = 16 << 20;
    public const string FileName = "file.bin";

    private const int ReadBytes = 40_000;

    /// <summary>The arguments of a process: the file's URL, the readers, the pool's most workers (0 = any), where they read.</summary>
    public static string[] Arguments(Uri uri, int readers, int mostWorkers, bool onPool) =>
        [Mode, uri.AbsoluteUri, Text(readers), Text(mostWorkers), onPool.ToString()];

    /// <summary>Takes the arguments behind the mode, and returns 0 when every reader got the right bytes.</summary>
    public static int Run(string[] arguments)
    {
        var uri = new Uri(arguments[0]);
        int readers = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        int mostWorkers = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        bool onPool = bool.Parse(arguments[3]);
        ThreadPool.SetMinThreads(mostWorkers > 0 ? 1 : 2, 1);
        if (mostWorkers > 0)
        {
            ThreadPool.GetMaxThreads(out _, out int ports);
            if (!ThreadPool.SetMaxThreads(mostWorkers, ports))
            {
                return 2;
            }
        }

        using var handler = new SocketsHttpHandler();
        using FetchRig rig = FetchRig.Create(handler, new HctefOptions());
        RemoteFile file = rig.OpenAsync(uri).GetAwaiter().GetResult();
        var content = new TestContent(FileName);
        using var ended = new CountdownEvent(readers);
        int wrong = 0;
        for (int i = 0; i < readers; i++)
        {
            long offset = i * 31_337L % (FileBytes - ReadBytes);
            Start(onPool, () =>
            {
                byte[] buffer = new byte[ReadBytes];
                if (file.Read(buffer, offset) != ReadBytes || !content.Matches(buffer, offset))
                {
                    Interlocked.Increment(ref wrong);
                }

                ended.Signal();
            });
        }

        return ended.Wait(FetchRig.HangGuard) ? wrong : 3;
    }

    private static void Start(bool onPool, Action read)
    {
        if (onPool)
        {
            ThreadPool.QueueUserWorkItem(static read => read(), read, preferLocal: false);
        }
        else
        {
            new Thread(() => read(), maxStackSize: 256 * 1024) { IsBackground = true }.Start();
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
