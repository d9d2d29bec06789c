using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hctef.TestServer.Shaping;

/// <summary>Pauses of less than a millisecond, which .NET's own waits cannot do.</summary>
internal static partial class ShortPause
{
    private const int SpinsPerTurn = 20;

    /// <summary>Blocks the thread for a time in ticks of <see cref="Stopwatch"/>.</summary>
    public static void Wait(long ticks)
    {
        if (OperatingSystem.IsWindows())
        {
            long end = Stopwatch.GetTimestamp() + ticks;
            while (Stopwatch.GetTimestamp() < end)
                Thread.SpinWait(SpinsPerTurn);
            return;
        }

        var pause = new TimeSpec { Nanoseconds = (nint)(ticks * 1_000_000_000L / Stopwatch.Frequency) };
        _ = NanoSleep(in pause, 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
