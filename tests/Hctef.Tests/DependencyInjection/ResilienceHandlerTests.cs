using Hctef.Tests.Faults;
using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;

namespace Hctef.Tests.DependencyInjection;

/// <summary>
/// With a resilience handler on the client (a stand-in, which is known by its name) Hctef repeats no request, so that attempts do not
/// multiply; bodies that break it resumes as ever.
/// </summary>
public sealed class ResilienceHandlerTests
{
    private const int Attempts = 3;
    private const int Length = 100_000;

    private readonly RecordedLogs _logs = new();

    public static TheoryData<string> Ways => ["builder", "defaults", "derived"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Requests_that_fail_are_repeated_by_the_handler_alone(string way)
    {
        await using FileRig rig = await StartAsync(way);
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        served.StatusOverride = new StatusOverride(503);
        await rig.ForgetAsync();

        var e = await Assert.ThrowsAsync<HctefNetworkException>(() => file.ReadAsync(new byte[10], 0).AsTask());
        Assert.Equal(Attempts, rig.Server.RequestCount);
        Assert.Contains("left to the resilience handler", e.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(served));
        Assert.Equal(2 * Attempts, rig.Server.RequestCount);
        Assert.Equal(1, file.GetStatistics().Requests - 1);
    }

    [Fact]
    public async Task What_the_handler_repairs_nobody_notices()
    {
        await using FileRig rig = await StartAsync("builder");
        ServedFile served = rig.Server.Add("file.bin", Length);
        served.StatusOverride = new StatusOverride(503, times: Attempts - 1);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await file.AssertReadsAsync(served, 0, 100);

        Assert.Equal(Attempts + 1, rig.Server.RequestCount);
    }

    [Fact]
    public async Task Connections_that_fail_are_not_repeated_again()
    {
        int attempts = 0;
        await using FileRig rig = await StartAsync("builder", handlers => handlers.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            ConnectCallback = (_, _) =>
            {
                Interlocked.Increment(ref attempts);
                throw new IOException("no network");
            },
        }));

        await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(new Uri("http://example.invalid/file.bin")));
        Assert.Equal(Attempts, attempts);
    }

    [Fact]
    public async Task A_body_that_breaks_is_resumed_at_the_missing_byte()
    {
        await using FileRig rig = await StartAsync("builder");
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await rig.ForgetAsync();
        served.BreakAt(20_000);
        await file.AssertReadsAsync(served, 0, 32_768);

        Assert.Equal(["bytes=0-32767", "bytes=20000-32767"], rig.Ranges);
    }

    [Fact]
    public async Task A_resume_that_fails_is_the_handlers_again()
    {
        await using FileRig rig = await StartAsync("builder");
        ServedFile served = rig.Server.Add("file.bin", Length);
        using IRemoteFile file = await rig.OpenColdAsync(served);
        await rig.ForgetAsync();
        served.BreakAt(20_000);
        ResponseGate gate = served.HoldAt(10_000);
        Task<int> read = file.ReadAsync(new byte[32_768], 0).AsTask();
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        served.StatusOverride = new StatusOverride(500);
        gate.Release();

        await Assert.ThrowsAsync<HctefNetworkException>(() => read);
        Assert.Equal(1 + Attempts, rig.Server.RequestCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Late_requests_are_not_raced_beside_it(bool present)
    {
        await using FileRig rig = await StartAsync(present ? "builder" : "none");
        using IRemoteFile file = await rig.OpenColdAsync(rig.Server.Add("file.bin", Length));

        Assert.Equal(!present, rig.Engine.Network.Hedges);
        Assert.Equal(present ? 1 : 0, _logs.Lines.Count(static line => line.Contains("has a resilience handler", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("former", true)]
    [InlineData("else", false)]
    public async Task It_is_known_by_its_full_names_alone(string way, bool known)
    {
        await using FileRig rig = await StartAsync(way);
        using IRemoteFile file = await rig.OpenColdAsync(rig.Server.Add("file.bin", Length));

        Assert.Equal(known, !rig.Engine.Network.Hedges);
    }

    [Fact]
    public async Task Another_registration_without_it_repeats_by_itself()
    {
        await using FileRig rig = await StartAsync("builder", register: builder => builder.Services.AddKeyedHctef("own", static options =>
        {
            options.Retry.MaxRetries = 1;
            options.Retry.BaseDelay = TimeSpan.FromMilliseconds(1);
        }));
        ServedFile served = rig.Server.Add("file.bin", Length);
        served.StatusOverride = new StatusOverride(503);

        await Assert.ThrowsAsync<HctefNetworkException>(
            () => rig.Services.GetRequiredKeyedService<IRangeReaderFactory>("own").OpenAsync(served.Uri));
        Assert.Equal(2, rig.Server.RequestCount);
    }

    [Fact]
    public async Task A_breaker_that_others_have_opened_is_warned_about_once()
    {
        await using FileRig rig = await StartAsync("builder", breaksAfter: Attempts);
        await using HonestServer other = await HonestServer.StartAsync();
        ServedFile served = other.Add("file.bin", Length);
        ServedFile failing = rig.Server.Add("failing.bin", Length);
        failing.StatusOverride = new StatusOverride(503);
        await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(failing));

        // Its own failures have opened it for this host: nothing to warn about.
        var own = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(failing));
        Assert.IsType<BrokenCircuitException>(own.InnerException);
        Assert.Empty(Warnings());

        for (int i = 0; i < 3; i++)
            await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync(served));
        Assert.Contains($"refused {other.BaseUri.GetLeftPart(UriPartial.Authority)}", Assert.Single(Warnings()), StringComparison.Ordinal);
        Assert.Equal(0, other.RequestCount);

        string[] Warnings() => [.. _logs.Lines.Where(static line => line.Contains("circuit breaker of the resilience handler", StringComparison.Ordinal))];
    }

    private Task<FileRig> StartAsync(
        string way, Action<IHttpClientBuilder>? handlers = null, Action<IHctefBuilder>? register = null, int breaksAfter = int.MaxValue) =>
        FileRig.StartAsync(
            static options =>
            {
                options.Retry.BaseDelay = TimeSpan.FromMilliseconds(1);
                options.Retry.Hedging = true;
            },
            register: (builder, _) =>
            {
                builder.Services.AddLogging(logging => logging.AddProvider(_logs));
                if (way == "defaults")
                    builder.Services.ConfigureHttpClientDefaults(client => client.AddHttpMessageHandler(() => Handler("builder", breaksAfter)));
                else if (way != "none")
                    builder.HttpClientBuilder.AddHttpMessageHandler(() => Handler(way, breaksAfter));
                handlers?.Invoke(builder.HttpClientBuilder);
                register?.Invoke(builder);
            });

    private static DelegatingHandler Handler(string way, int breaksAfter) => way switch
    {
        "derived" => new DerivedHandler(),
        "former" => new Microsoft.Extensions.Http.Resilience.Internal.ResilienceHandler(),
        "else" => new OtherResilienceHandler(),
        _ => new ResilienceHandler(Attempts, breaksAfter),
    };

    private sealed class DerivedHandler() : ResilienceHandler(Attempts);

    private sealed class OtherResilienceHandler : DelegatingHandler;
}
