using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hctef.TestServer.Shaping;

/// <summary>Pauses of less than a millisecond, which .NET's own waits cannot do.</summary>
internal static partial class ShortPause
{
    private const int SpinsPerTurn = 20;
    private const int SetTimerSlack = 29;

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

    /// <summary>Linux may end a thread's pauses 50 microseconds late, to save wake-ups, unless the thread asks it not to.</summary>
    public static void BePrecise()
    {
        if (OperatingSystem.IsLinux())
            _ = Control(SetTimerSlack, 1, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
