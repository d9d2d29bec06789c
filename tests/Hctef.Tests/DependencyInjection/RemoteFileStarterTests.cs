using Hctef.Tests.Faults;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Moq;

namespace Hctef.Tests.DependencyInjection;

public sealed class RemoteFileStarterTests
{
    private static readonly Uri Url = new("https://example.com/a?sig=canary");

    private readonly FakeOpener _opener = new();
    private readonly RecordedLogs _logs = new();
    private readonly HostApplicationBuilder _host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

    public RemoteFileStarterTests()
    {
        _host.Logging.AddProvider(_logs);
        _host.Services.OpenBy(_opener);
    }

    [Fact]
    public async Task Chosen_files_are_open_before_services_start_and_others_stay_closed()
    {
        var openWhenStarted = new List<string>();
        _host.Services.AddHostedService(_ => new FirstService(() => openWhenStarted.AddRange(_opener.Openings.Select(static o => o.Uri.AbsolutePath))));
        _host.Services.AddHctef()
            .AddRemoteFile("chosen", new Uri("https://example.com/chosen"), file => file.OpenAtStart = true)
            .AddRemoteFile("later", new Uri("https://example.com/later"))
            .AddRemoteFile("not", new Uri("https://example.com/not"), file => file.OpenAtStart = false);
        using IHost host = _host.Build();
        await host.StartAsync();

        Assert.Equal(["/chosen"], openWhenStarted);
        await host.StopAsync();
        Assert.Single(_opener.Openings);
    }

    [Fact]
    public async Task Files_inherit_the_choice_in_every_registration_and_may_say_no()
    {
        var more = new FakeOpener();
        _host.Services.OpenBy(more, "more");
        _host.Services.AddHctef(TestContainer.Section(
            ("FileDefaults:OpenAtStart", "true"),
            ("Files:a:Url", "https://example.com/a"),
            ("Files:b:Url", "https://example.com/b"),
            ("Files:b:OpenAtStart", "false")));
        _host.Services.AddKeyedHctef("more").AddRemoteFile("c", Url, file => file.OpenAtStart = true);
        using IHost host = _host.Build();
        await host.StartAsync();

        Assert.Equal("/a", Assert.Single(_opener.Openings).Uri.AbsolutePath);
        Assert.Single(more.Openings);
    }

    [Fact]
    public async Task A_file_that_does_not_open_fails_the_start_and_is_named()
    {
        _opener.FailOnce = new RangeNotSupportedException("It has no ranges.");
        _host.Services.AddHctef().AddRemoteFile("catalog", Url, file => file.OpenAtStart = true);
        using IHost host = _host.Build();

        var e = await Assert.ThrowsAsync<HctefException>(() => host.StartAsync());
        Assert.Equal("The remote file 'catalog' could not be opened at start: It has no ranges.", e.Message);
        Assert.IsType<RangeNotSupportedException>(e.InnerException);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_do_not_open_are_named()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddHctef(options => options.FileDefaults.OpenAtStart = true)
            .AddRemoteFile("a", new Uri(server.BaseUri, "a?canary"))
            .AddRemoteFile("b", new Uri(server.BaseUri, "b?canary"))
            .AddRemoteFile("c", server.Add("c", 10).Uri);
        using IHost host = builder.Build();

        var e = await Assert.ThrowsAsync<HctefException>(() => host.StartAsync());
        Assert.Contains("'a' could not be opened", e.Message, StringComparison.Ordinal);
        Assert.Contains("'b' could not be opened", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("'c'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, Assert.IsType<AggregateException>(e.InnerException).InnerExceptions.Count);
    }

    [Fact]
    public async Task A_failure_that_is_only_warned_about_lets_the_host_start_and_the_first_use_tries_again()
    {
        _opener.FailOnce = new RangeNotSupportedException("It has no ranges.");
        _host.Services.AddHctef(TestContainer.Section(("FileDefaults:OnStartFailure", "Warn")))
            .AddRemoteFile("catalog", Url, file => file.OpenAtStart = true);
        using IHost host = _host.Build();
        await host.StartAsync();

        string warning = Assert.Single(_logs.Lines, static line => line.Contains("catalog", StringComparison.Ordinal));
        Assert.Contains("The remote file 'catalog' could not be opened at start: It has no ranges.", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", warning, StringComparison.Ordinal);
        Assert.Equal(FakeFile.Length, (await host.Services.GetRequiredService<IRemoteFile>().GetInfoAsync()).Length);
        Assert.Equal(2, _opener.Openings.Count);
    }

    [Fact]
    public async Task A_start_that_is_given_up_gives_up_the_openings()
    {
        _opener.Gate = new TaskCompletionSource();
        _host.Services.AddHctef().AddRemoteFile("catalog", Url, file => (file.OpenAtStart, file.OnStartFailure) = (true, StartFailurePolicy.Warn));
        using IHost host = _host.Build();
        using var stop = new CancellationTokenSource();
        Task starting = host.StartAsync(stop.Token);
        await _opener.Started;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
    }

    [Fact]
    public async Task A_test_double_of_the_file_is_what_opens()
    {
        var file = new Mock<IRemoteFile>();
        _host.Services.AddHctef().AddRemoteFile("catalog", Url, options => options.OpenAtStart = true);
        _host.Services.AddKeyedSingleton("catalog", file.Object);
        using IHost host = _host.Build();
        await host.StartAsync();

        file.Verify(f => f.GetInfoAsync(It.IsAny<CancellationToken>()), Times.Once);
        Assert.Empty(_opener.Openings);
    }

    [Fact]
    public async Task On_the_wire_it_is_the_one_request_that_opens_the_file()
    {
        await using HonestServer server = await HonestServer.StartAsync();
        ServedFile served = server.Add("file.bin", 1000);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddHctef().AddRemoteFile("file", served.Uri, file => file.OpenAtStart = true);
        using IHost host = builder.Build();
        await host.StartAsync();
        byte[] bytes = new byte[1000];
        await host.Services.GetRequiredService<IRemoteFile>().ReadExactlyAsync(bytes, 0);

        Assert.Equal(1, server.RequestCount);
        Assert.True(served.Matches(bytes, 0));
    }

    private sealed class FirstService(Action started) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            started();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
