using System.Diagnostics;
using System.Globalization;
using Hctef.Caching.Disk;
using Hctef.Tests.Caching.Disk;
using Hctef.Tests.Tiers;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Faults;

/// <summary>
/// The cases of group J that need processes of their own. HCTEF_SOAK multiplies the rounds. Windows differs in two rules, and what
/// rests on them is written so: no name is ever written twice (no open file has to be replaced), and a file that cannot be deleted
/// since somebody reads it is left for the next sweep, so that neither reader nor writer ever meets a sharing violation.
/// </summary>
public sealed class DiskProcessTests
{
    private const int Block = DiskRig.Block;

    private static int Soak =>
        int.TryParse(Environment.GetEnvironmentVariable("HCTEF_SOAK"), NumberStyles.None, CultureInfo.InvariantCulture, out int times)
            ? times
            : 1;

    [Fact]
    public async Task J1_a_process_that_is_killed_at_any_call_leaves_right_bytes_or_none()
    {
        int next = 0;
        int ended = int.MaxValue;
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            for (int call = Interlocked.Increment(ref next); call < ended; call = Interlocked.Increment(ref next))
            {
                if (!await KillAtAsync(call))
                    ended = Math.Min(ended, call);
            }
        })));

        Assert.InRange(next, 30, 200);
    }

    [Fact]
    public async Task J7_two_processes_that_read_write_and_evict_the_same_blocks_meet_no_error()
    {
        using var rig = new DiskRig();
        string[] arguments = SharingProcess.Arguments(rig.Options.Path!, 16 << 20, 100 * Soak, blocks: 3);
        using Process one = Start(arguments);
        using Process two = Start(arguments);
        await one.WaitForExitAsync();
        await two.WaitForExitAsync();
        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
    }

    [Fact]
    public async Task J12_two_writers_stay_within_the_cap_and_its_bound()
    {
        const long Cap = 2 << 20;
        const long Pack = (Cap / 16) + 4096;
        using var rig = new DiskRig();
        string foreign = Path.Join(rig.Options.Path, "hctef-1", "ab", "not-a-pack.pack");
        new DiskFiles().CreateFolder(rig.Options.Path!);
        new DiskFiles().CreateFolder(rig.Own);
        new DiskFiles().CreateFolder(Path.GetDirectoryName(foreign)!);
        await File.WriteAllTextAsync(foreign, "somebody's");
        File.SetLastWriteTimeUtc(foreign, DateTime.UnixEpoch);
        string[] arguments = SharingProcess.Arguments(rig.Options.Path!, Cap, 250 * Soak, blocks: 24);
        using Process one = Start(arguments);
        using Process two = Start(arguments);
        Task ended = Task.WhenAll(one.WaitForExitAsync(), two.WaitForExitAsync());
        long most = 0;
        while (!ended.IsCompleted)
            most = Math.Max(most, SizeAtOneTime(rig));

        Assert.Equal((0, 0), (one.ExitCode, two.ExitCode));
        Assert.InRange(most, 0, Cap + (2 * Cap / 16) + (2 * Pack));
        Assert.InRange(SizeAtOneTime(rig), Pack, Cap + (2 * Cap / 16) + (2 * Pack));
        Assert.True(File.Exists(foreign));
    }

    [Fact]
    public async Task J12_what_two_processes_stream_at_once_stays_within_the_cap_and_its_bound()
    {
        const long Length = 1L << 30;
        const long Cap = 64L << 20;
        const long Most = Cap + (2 * Cap / 16) + (2 * ((4L << 20) + 65_536));
        using var rig = new DiskRig();
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("data.bin", Length);
        Task<RemoteFileStatistics> one = TierReader.RunAsync(served.Uri, "data.bin", rig.Options.Path, mostBytes: Cap);
        Task<RemoteFileStatistics> two = TierReader.RunAsync(served.Uri, "data.bin", rig.Options.Path, mostBytes: Cap);
        Task ended = Task.WhenAll(one, two);
        long most = 0;
        while (!ended.IsCompleted)
        {
            most = Math.Max(most, SizeAtOneTime(rig));
            await Task.Yield();
        }

        await ended;
        Assert.InRange(most, 0, Most);
        Assert.InRange(SizeAtOneTime(rig), Cap / 2, Most);
    }

    private static async Task<bool> KillAtAsync(int call)
    {
        using var rig = new DiskRig();
        using Process process = Start(KilledWriter.Arguments(rig.Options.Path!, call));
        await process.WaitForExitAsync();
        Assert.NotEqual(1, process.ExitCode);

        // The rig's clock is ahead by years, so that whatever was being written is old.
        foreach (int block in new[] { 0, 2 })
            Assert.Contains(await rig.ReadAnewAsync(KilledWriter.Identity, block * Block, (block + 1) * Block), new[] { 0, Block });
        await rig.WriteAsync(KilledWriter.Identity, 4 * Block, 5 * Block);
        Assert.Equal(Block, await rig.ReadAnewAsync(KilledWriter.Identity, 4 * Block, 5 * Block));
        Assert.Empty(rig.Temporaries);
        Assert.Empty(rig.Logs.Events);
        return process.ExitCode != 0;
    }

    /// <summary>What the files took that were there all the time between two looks: no more than there was at once.</summary>
    private static long SizeAtOneTime(DiskRig rig)
    {
        Dictionary<string, long> first = List(rig);
        Dictionary<string, long> second = List(rig);
        return first.Where(file => second.ContainsKey(file.Key)).Sum(static file => file.Value);
    }

    private static Dictionary<string, long> List(DiskRig rig)
    {
        var files = new DiskFiles();
        return files.List(rig.Own, "")
            .Where(static entry => entry.Kind == DiskEntryKind.Folder)
            .SelectMany(bucket => files.List(Path.Join(rig.Own, bucket.Name), ""))
            .ToDictionary(static entry => entry.Name, static entry => entry.Length);
    }

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(KilledWriter).Assembly.Location, .. arguments]))!;
}
