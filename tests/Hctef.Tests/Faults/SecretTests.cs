using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>The canary where neither exceptions of a reply nor logs are concerned: activities, metrics, debuggers, proxies.</summary>
public sealed class SecretTests
{
    private readonly HostileFile _file = new(100_000);

    [Fact]
    public async Task H7_activities_tell_no_secret()
    {
        var told = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith("System.Net", StringComparison.Ordinal) || source.Name == nameof(Hctef),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                told.Enqueue(activity.DisplayName + string.Join(' ', activity.TagObjects) + activity.StatusDescription);
                foreach (ActivityEvent occurrence in activity.Events)
                    told.Enqueue(string.Join(' ', occurrence.Tags));
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using HostileRig rig = new(request => request.Number switch
        {
            1 => LyingReply.Status(302, ("Location", $"http://u:{Canary.Text}@{request.Headers["Host"]}/b?sig={Canary.Text}#{Canary.Text}")),
            2 => _file.Answer(request),
            _ => LyingReply.Status(404, ("X-Echo", request.Target)),
        });
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        Exception? failure = await Record.ExceptionAsync(() => file.ReadAsync(new byte[10], 0).AsTask());

        Assert.IsType<HctefNetworkException>(failure);
        Assert.Contains(told, text => text.Contains("/file.bin", StringComparison.Ordinal));
        Assert.All(told, text => Canary.AssertAbsent(text, "an activity"));
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Fact]
    public async Task H7_metrics_tell_no_secret()
    {
        var told = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument),
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => told.Enqueue(instrument.Name + Text(tags)));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => told.Enqueue(instrument.Name + Text(tags)));
        listener.Start();
        await using HostileRig rig = new(request => request.Number < 3 ? _file.Answer(request) : LyingReply.Status(404));
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        await file.ReadAsync(new byte[10], 0);
        Exception? failure = await Record.ExceptionAsync(() => file.ReadAsync(new byte[10], 50_000).AsTask());

        Assert.IsType<HctefNetworkException>(failure);
        Assert.Contains(told, text => text.Contains(rig.Server.BaseUri.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        Assert.All(told, text => Canary.AssertAbsent(text, "a metric"));

        static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray());
    }

    [Fact]
    public async Task H7_no_object_shows_a_secret_to_a_debugger()
    {
        await using HostileRig rig = new(request => request.Number < 4 ? _file.Answer(request) : LyingReply.Status(404));
        var options = new RemoteFileOptions
        {
            Url = rig.Secret,
            CacheKey = Canary.Text,
            Partition = Canary.Text,
            ExpectedEntityTag = Canary.Text,
            Headers = { ["Authorization"] = Canary.Text },
        };
        using IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        await using RemoteFileStream shared = file.OpenStream();
        await using RemoteFileStream uncached = file.OpenStream(CursorCaching.Uncached);
        await shared.ReadExactlyAsync(new byte[10]);
        await uncached.ReadExactlyAsync(new byte[10]);
        Exception? failure = await Record.ExceptionAsync(() => file.ReadAsync(new byte[10], 50_000).AsTask());
        IReadOnlyCollection<object> objects = ObjectWalk.From(file, shared, uncached, rig.Engine, options, new HctefOptions { FileDefaults = options }, failure!);

        Assert.True(objects.Count > 30, $"Only {objects.Count} objects were found.");
        Assert.All(objects, static shown => Canary.AssertAbsent(shown.ToString(), shown.GetType().FullName!));
        Assert.DoesNotContain(
            typeof(IRemoteFile).Assembly.GetTypes(),
            static type => type.IsDefined(typeof(DebuggerDisplayAttribute), inherit: false) || type.IsDefined(typeof(DebuggerTypeProxyAttribute), inherit: false));
    }

    [Theory]
    [InlineData(407)]
    [InlineData(502)]
    public async Task H7_a_proxy_that_refuses_tells_no_secret(int status)
    {
        await using LyingServer proxy = LyingServer.Start(_ => LyingReply.Status(status));
        await using HostileRig rig = new(
            _file.Answer,
            register: builder => builder.HttpClientBuilder.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                Proxy = new WebProxy(new Uri($"http://user:{Canary.Text}@{proxy.BaseUri.Authority}/?{Canary.Text}")),
            }));
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => rig.OpenAsync(uri: new Uri($"https://example.invalid/file.bin?sig={Canary.Text}")));

        Assert.Equal(HctefNetworkError.Connection, failure.Error);
        Assert.Equal("CONNECT", proxy.Requests[0].Method);
        await rig.AssertCleanAsync(_file.Content, failure);
    }
}
