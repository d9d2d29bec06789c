using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hctef.Fetching;
using Hctef.Files;
using Hctef.Tests.Fetching;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Hctef.Tests.Diagnostics;

/// <summary>Names, units, kinds and tags of what OpenTelemetry gets to see, and how many different tags there are.</summary>
public sealed class OpenTelemetryTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 10 * Block;

    /// <summary>Other tests tell OpenTelemetry too: a name that is this test's alone.</summary>
    private readonly string _name = $"telemetry-{Guid.NewGuid():N}";
    private readonly ExportedTelemetry _exported = new();
    private readonly DistinctMeters _meters = new();
    private HonestServer _server = null!;
    private ServiceProvider _services = null!;

    private IRangeReaderFactory Files => _services.GetRequiredKeyedService<IRangeReaderFactory>(_name);

    private ExportedPoint[] Points => [.. _exported.Collect().Where(point => point.Has("hctef.name", _name) || point.Has("server.port", _server.BaseUri.Port))];

    private Activity[] Activities => [.. _exported.Activities.Where(activity => Equals(activity.GetTagItem("server.port"), _server.BaseUri.Port))];

    public async Task InitializeAsync()
    {
        _server = await HonestServer.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton<IMeterFactory>(_meters);
        services.AddKeyedHctef(_name, options =>
        {
            options.Cache.MemoryBytes = 4 * 1024 * 1024;
            options.FileDefaults.PrefetchBytes = 0;
            options.FileDefaults.ReadaheadBytes = 0;
        });
        _services = services.BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
        _exported.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Every_instrument_has_its_name_unit_and_kind()
    {
        await ReadAsync();

        Assert.Equal(
            [
                ("hctef.block.reads", "{block}", MetricType.LongSum),
                ("hctef.cache.evictions", "{block}", MetricType.LongSum),
                ("hctef.cache.limit", "By", MetricType.LongSumNonMonotonic),
                ("hctef.cache.usage", "By", MetricType.LongSumNonMonotonic),
                ("hctef.fetch.active", "{fetch}", MetricType.LongSumNonMonotonic),
                ("hctef.fetch.duration", "s", MetricType.Histogram),
                ("hctef.network.io", "By", MetricType.LongSum),
            ],
            Points.Select(point => (point.Name, point.Unit, point.Type)).Distinct().Order());
    }

    [Fact]
    public async Task Counts_are_those_of_what_happened()
    {
        await ReadAsync();
        ExportedPoint[] points = Points;

        Assert.Equal(2, Value("hctef.block.reads", "hctef.cache.result", "hit"));
        Assert.Equal(3, Value("hctef.block.reads", "hctef.cache.result", "miss"));
        Assert.Equal(0, Value("hctef.block.reads", "hctef.cache.result", "joined"));
        Assert.Equal(1 + (3 * Block), Value("hctef.network.io", "network.io.direction", "receive"));
        Assert.Equal(3 * Block, Value("hctef.cache.usage"));
        Assert.InRange(Value("hctef.cache.limit"), 3 * 1024 * 1024, 4 * 1024 * 1024);
        Assert.Equal(0, Value("hctef.cache.evictions"));
        Assert.Equal(0, Value("hctef.fetch.active", "server.address", "127.0.0.1"));
        Assert.Equal(2, Value("hctef.fetch.duration", "server.address", "127.0.0.1"));

        long Value(string name, string? tag = null, string? value = null) =>
            Assert.Single(points, point => point.Name == name && (tag is null || point.Has(tag, value!))).Value;
    }

    [Fact]
    public async Task Tags_are_few_and_the_same_for_a_hundred_files()
    {
        await ReadAsync();
        int before = Points.Length;
        for (int i = 0; i < 100; i++)
        {
            ServedFile file = _server.Add($"tenant-{i}/file-{i}.bin", Length);
            using IRemoteFile opened = await Files.OpenAsync(new Uri($"{file.Uri}?sig={Canary}{i}")).WaitAsync(FileRig.HangGuard);
            await opened.ReadExactlyAsync(new byte[10], 0);
        }

        ExportedPoint[] points = Points;
        Assert.Equal(before, points.Length);
        Assert.Equal(
            ["hctef.cache.result", "hctef.name", "network.io.direction", "server.address", "server.port"],
            points.SelectMany(point => point.Tags.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(points, static point => Assert.DoesNotContain(point.Tags.Values, static value => value.Contains("tenant", StringComparison.Ordinal)));
        Assert.All(Activities, static activity => Assert.DoesNotContain(Canary, Text(activity), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_told_by_its_kind()
    {
        ServedFile served = _server.Add("failing.bin", Length);
        using IRemoteFile file = await Files.OpenAsync(served.Uri).WaitAsync(FileRig.HangGuard);
        _server.Remove(served);
        await Assert.ThrowsAsync<HctefNetworkException>(() => file.ReadAsync(new byte[10], 0).AsTask());

        Assert.Equal(1, Assert.Single(Points, static point => point.Name == "hctef.fetch.duration" && point.Has("error.type", "404")).Value);
        Activity fetch = Assert.Single(Activities, static activity => activity.OperationName == "hctef.fetch");
        Assert.Equal((ActivityStatusCode.Error, "404"), (fetch.Status, fetch.GetTagItem("error.type")));
        Assert.Contains("404", fetch.StatusDescription!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_resumed_is_counted()
    {
        ServedFile served = _server.Add("breaking.bin", Length);
        using IRemoteFile file = await Files.OpenAsync(served.Uri).WaitAsync(FileRig.HangGuard);
        served.BreakAt(Block + 100);
        await file.AssertReadsAsync(served, 0, 2 * Block);

        Assert.Equal(1, Assert.Single(Points, static point => point.Name == "hctef.body.resumes").Value);
        Activity fetch = Assert.Single(Activities, static activity => activity.OperationName == "hctef.fetch");
        Assert.Equal("hctef.retry", Assert.Single(fetch.Events).Name);
        Assert.Equal(ActivityStatusCode.Unset, fetch.Status);
    }

    [Fact]
    public async Task An_opening_and_each_fetch_are_one_activity_under_that_of_the_caller()
    {
        using var source = new ActivitySource("Hctef.Tests.Caller");
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate == source,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using (Activity caller = source.StartActivity("request")!)
        {
            await ReadAsync();
            Assert.Same(caller, Activity.Current);
        }

        Assert.Equal(["hctef.fetch", "hctef.fetch", "hctef.open"], Activities.Select(activity => activity.OperationName).Order(StringComparer.Ordinal));
        Activity open = Assert.Single(Activities, static activity => activity.OperationName == "hctef.open");
        Assert.Equal(
            ["hctef.file.consistency", "hctef.file.length", "server.address", "server.port", "url.full"],
            open.TagObjects.Select(tag => tag.Key).Order(StringComparer.Ordinal));
        Assert.Equal((long)Length, open.GetTagItem("hctef.file.length"));
        Assert.Equal($"{_server.BaseUri}data.bin", open.GetTagItem("url.full"));
        Assert.Equal(
            [(0L, (long)Block), (2L * Block, 2L * Block)],
            Activities.Where(static activity => activity.OperationName == "hctef.fetch")
                .Select(activity => ((long)activity.GetTagItem("hctef.range.offset")!, (long)activity.GetTagItem("hctef.range.length")!)).Order());
        Assert.All(Activities, activity => Assert.Equal("request", activity.Parent?.OperationName));
    }

    private const string Canary = "4n4ry-s3cret";

    private static string Text(Activity activity) =>
        activity.DisplayName + activity.StatusDescription + string.Join(' ', activity.TagObjects) + string.Join(' ', activity.Events.SelectMany(told => told.Tags));

    /// <summary>Three blocks are fetched by two reads, and two of them are read once more.</summary>
    private async Task ReadAsync()
    {
        ServedFile served = _server.Add("data.bin", Length);
        IRemoteFile file = await Files.OpenAsync(new Uri($"{served.Uri}?sig={Canary}")).WaitAsync(FileRig.HangGuard);
        await using (file)
        {
            await file.AssertReadsAsync(served, 100, 100);
            await file.AssertReadsAsync(served, 2 * Block, 2 * Block);
            await file.AssertReadsAsync(served, 2 * Block, 2 * Block);

            // The byte of the opening request is counted by then, too.
            HostGate gate = _services.GetRequiredKeyedService<HctefEngine>(_name).Hosts.Get(_server.BaseUri).Gate;
            await gate.TakeAllAsync().WaitAsync(FileRig.HangGuard);
        }
    }
}
