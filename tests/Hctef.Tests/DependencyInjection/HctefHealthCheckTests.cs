using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hctef.Tests.DependencyInjection;

/// <summary>What the health of registered files is said to be, and what that tells of them.</summary>
public sealed class HctefHealthCheckTests
{
    private const string Secret = "CANARY";

    [Fact]
    public async Task A_file_that_can_be_opened_is_healthy_and_open_then()
    {
        await using FileRig rig = await StartAsync();

        HealthReportEntry entry = await CheckAsync(rig);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("1 of 1 remote files are healthy.", entry.Description);
        Assert.Equal([("catalog.opened", true), ("catalog.probe", (object)"ok")], Data(entry));
        Assert.Equal(1, rig.Server.RequestCount);
    }

    [Fact]
    public async Task An_open_file_is_asked_for_by_one_small_request()
    {
        await using FileRig rig = await StartAsync();
        await rig.Files.GetFile("catalog").GetInfoAsync();
        await rig.ForgetAsync();

        HealthReportEntry entry = await CheckAsync(rig);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(["bytes=0-0"], rig.Ranges);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_unhealthy_and_says_why_without_its_url()
    {
        await using FileRig rig = await StartAsync(arrange: file => file.StatusOverride = new StatusOverride(403));

        HealthReportEntry entry = await CheckAsync(rig);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("0 of 1 remote files are healthy.", entry.Description);
        Assert.Equal(false, entry.Data["catalog.opened"]);
        Assert.Equal("HctefNetworkException (Status 403)", entry.Data["catalog.probe"]);
        Assert.Equal("HctefNetworkException (Status 403)", entry.Data["catalog.lastError"]);
        Assert.IsType<DateTimeOffset>(entry.Data["catalog.lastErrorTime"]);
        AssertTellsNoUrl(entry, rig);
    }

    [Fact]
    public async Task An_open_file_whose_origin_fails_for_a_while_is_degraded()
    {
        ServedFile? served = null;
        await using FileRig rig = await StartAsync(arrange: file => served = file);
        await rig.Files.GetFile("catalog").GetInfoAsync();
        served!.StatusOverride = new StatusOverride(503);

        HealthReportEntry entry = await CheckAsync(rig);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal(true, entry.Data["catalog.opened"]);
        Assert.Equal("HctefNetworkException (Status 503)", entry.Data["catalog.probe"]);
        AssertTellsNoUrl(entry, rig);
    }

    [Fact]
    public async Task A_file_that_changed_is_unhealthy_unless_it_is_reopened()
    {
        foreach ((ChangePolicy policy, HealthStatus status) in
            new[] { (ChangePolicy.Fail, HealthStatus.Unhealthy), (ChangePolicy.Reopen, HealthStatus.Healthy) })
        {
            ServedFile? served = null;
            await using FileRig rig = await StartAsync(arrange: file => served = file, configure: file => file.OnChange = policy);
            await rig.Files.GetFile("catalog").GetInfoAsync();
            served!.Update(version: 2, served.Length);

            HealthReportEntry entry = await CheckAsync(rig);

            Assert.Equal(status, entry.Status);
        }
    }

    [Fact]
    public async Task A_new_version_that_cannot_be_opened_is_unhealthy()
    {
        ServedFile? served = null;
        await using FileRig rig = await StartAsync(
            arrange: file => served = file, configure: file => file.OnChange = ChangePolicy.Reopen);
        IRemoteFile file = rig.Files.GetFile("catalog");
        await file.GetInfoAsync();
        served!.Update(version: 2, served.Length);
        served.SupportsRanges = false;
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => file.ReadAsync(new byte[10], 300_000).AsTask());

        HealthReportEntry entry = await CheckAsync(rig);

        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("RangeNotSupportedException (RangeIgnored)", entry.Data["catalog.probe"]);
        Assert.Equal("RangeNotSupportedException (RangeIgnored)", entry.Data["catalog.lastError"]);
    }

    [Fact]
    public async Task What_failed_last_is_told_of_a_healthy_file_too()
    {
        ServedFile? served = null;
        var time = new ManualTimeProvider();
        await using FileRig rig = await StartAsync(arrange: file => served = file, time: time);
        IRemoteFile file = rig.Files.GetFile("catalog");
        await file.GetInfoAsync();
        served!.StatusOverride = new StatusOverride(500, times: 1);
        await Assert.ThrowsAsync<HctefNetworkException>(() => file.ReadAsync(new byte[10], 300_000).AsTask());
        DateTimeOffset failed = time.GetUtcNow();
        time.Advance(TimeSpan.FromMinutes(1));

        HealthReportEntry entry = await CheckAsync(rig);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("ok", entry.Data["catalog.probe"]);
        Assert.Equal("HctefNetworkException (Status 500)", entry.Data["catalog.lastError"]);
        Assert.Equal(failed, entry.Data["catalog.lastErrorTime"]);
    }

    [Fact]
    public async Task A_read_that_was_given_up_is_no_failure()
    {
        ServedFile? served = null;
        await using FileRig rig = await StartAsync(arrange: file => served = file);
        IRemoteFile file = rig.Files.GetFile("catalog");
        await file.GetInfoAsync();
        ResponseGate gate = served!.HoldHeaders();
        using var leaving = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(new byte[10], 300_000, leaving.Token).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        gate.Release();
        await rig.WhenQuietAsync();

        HealthReportEntry entry = await CheckAsync(rig);

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.DoesNotContain("catalog.lastError", entry.Data);
    }

    [Fact]
    public async Task An_origin_that_does_not_answer_in_time_fails_the_probe()
    {
        ServedFile? served = null;
        var time = new ManualTimeProvider();
        await using FileRig rig = await StartAsync(
            arrange: file => served = file, time: time, health: options => options.ProbeTimeout = TimeSpan.FromSeconds(3));
        await rig.Files.GetFile("catalog").GetInfoAsync();
        ResponseGate gate = served!.HoldHeaders();

        Task<HealthReportEntry> check = CheckAsync(rig);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Assert.False(check.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(3));
        HealthReportEntry entry = await check.WaitAsync(FileRig.HangGuard);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal("HctefNetworkException (Timeout)", entry.Data["catalog.probe"]);
    }

    [Fact]
    public async Task Without_probe_only_what_is_known_is_told()
    {
        ServedFile? served = null;
        await using FileRig rig = await StartAsync(arrange: file => served = file, health: options => options.Probe = false);

        HealthReportEntry before = await CheckAsync(rig);
        Assert.Equal(HealthStatus.Healthy, before.Status);
        Assert.Equal([("catalog.opened", (object)false)], Data(before));
        Assert.Equal(0, rig.Server.RequestCount);

        served!.StatusOverride = new StatusOverride(404, times: 1);
        await Assert.ThrowsAsync<HctefNetworkException>(() => rig.Files.GetFile("catalog").GetInfoAsync().AsTask());
        HealthReportEntry failed = await CheckAsync(rig);
        Assert.Equal(HealthStatus.Unhealthy, failed.Status);
        Assert.Equal("HctefNetworkException (Status 404)", failed.Data["catalog.lastError"]);

        await rig.Files.GetFile("catalog").GetInfoAsync();
        HealthReportEntry opened = await CheckAsync(rig);
        Assert.Equal(HealthStatus.Healthy, opened.Status);
        Assert.Equal(true, opened.Data["catalog.opened"]);
        Assert.Equal("HctefNetworkException (Status 404)", opened.Data["catalog.lastError"]);
    }

    [Fact]
    public async Task The_worst_file_decides_and_files_can_be_chosen()
    {
        await using FileRig rig = await FileRig.StartAsync(
            time: new ManualTimeProvider(),
            register: (builder, server) =>
            {
                builder.AddRemoteFile("good", server.Add("good", 1000).Uri).AddRemoteFile("bad", new Uri(server.BaseUri, "nowhere"));
                builder.Services.AddHealthChecks()
                    .AddHctef("all", HealthStatus.Degraded)
                    .AddHctef("one", tags: ["ready"], configure: options => options.Files.Add("GOOD"))
                    .AddHctef("none", configure: options => options.Files.Add("unknown"));
            });

        HealthReport report = await rig.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(HealthStatus.Degraded, report.Entries["all"].Status);
        Assert.Equal("1 of 2 remote files are healthy.", report.Entries["all"].Description);
        Assert.Equal(HealthStatus.Healthy, report.Entries["one"].Status);
        Assert.Equal(["ready"], report.Entries["one"].Tags);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["none"].Status);
    }

    [Fact]
    public void Wrong_timeouts_are_refused()
    {
        IHealthChecksBuilder checks = new ServiceCollection().AddHealthChecks();
        foreach (TimeSpan timeout in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromDays(2), Timeout.InfiniteTimeSpan })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddHctef(configure: options => options.ProbeTimeout = timeout));
        }
    }

    private static Task<FileRig> StartAsync(
        Action<ServedFile>? arrange = null,
        Action<RemoteFileOptions>? configure = null,
        Action<HctefHealthCheckOptions>? health = null,
        TimeProvider? time = null)
    {
        return FileRig.StartAsync(
            options =>
            {
                options.Retry.MaxRetries = 0;
                options.FileDefaults.PrefetchBytes = 0;
            },
            // Unless a test moves it, time stands still: probes of a slow machine are not late.
            time ?? new ManualTimeProvider(),
            (builder, server) =>
            {
                ServedFile file = server.Add("path-" + Secret, 600_000);
                arrange?.Invoke(file);
                builder.AddRemoteFile("catalog", new Uri($"{file.Uri}?sig={Secret}"), configure);
                builder.Services.AddHealthChecks().AddHctef(configure: health);
            });
    }

    private static async Task<HealthReportEntry> CheckAsync(FileRig rig)
    {
        HealthReport report = await rig.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries["hctef"];
    }

    private static IEnumerable<(string Key, object Value)> Data(HealthReportEntry entry) =>
        entry.Data.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));

    private static void AssertTellsNoUrl(HealthReportEntry entry, FileRig rig)
    {
        string told = string.Join('\n', entry.Data.Select(pair => $"{pair.Key}={pair.Value}")) + entry.Description + entry.Exception;
        Assert.DoesNotContain(Secret, told, StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Server.BaseUri.Authority, told, StringComparison.Ordinal);
    }
}
