using System.Diagnostics;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Measuring;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Times one run over the wire, and asks the server what it saw of it.</summary>
internal static class WireMeasurement
{
    public static async Task<RunMeasurement> OfAsync(ServerProcess server, Func<Task> run, Func<long> pool, Extras extras)
    {
        await server.ResetAsync();
        await using var memory = new PeakMemory(pool);
        long start = Stopwatch.GetTimestamp();
        await run();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new RunMeasurement(seconds, await server.GetCountsAsync(), memory.Bytes, memory.CollectAndGetHeld(), extras);
    }

    /// <summary>The same, with the ranges that the server saw printed.</summary>
    public static async Task<RunMeasurement> TraceAsync(ServerProcess server, Func<Task<RunMeasurement>> measure)
    {
        await server.SendAsync($"{ServerProcess.KeepRanges} true");
        RunMeasurement measured = await measure();
        Console.WriteLine(await server.SendAsync(ServerProcess.Ranges));
        await server.SendAsync($"{ServerProcess.KeepRanges} false");
        return measured;
    }

    public static double Local(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static async Task<RunMeasurement> OfRawAsync(ServerProcess server, Func<RawClient, Task> run)
    {
        using var client = new RawClient(server);
        return await OfAsync(server, () => run(client), static () => 0, new Extras());
    }
}
