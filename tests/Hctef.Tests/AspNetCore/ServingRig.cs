using Hctef.Tests.Faults;
using Hctef.TestServer.Honest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hctef.Tests.AspNetCore;

/// <summary>An origin, an application that serves files of it, and a client of the application; all over real sockets.</summary>
internal sealed class ServingRig : IAsyncDisposable
{
    private ServingRig(HonestServer origin, WebApplication application, RecordedLogs logs)
    {
        Origin = origin;
        Application = application;
        Logs = logs;
        Client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
    }

    public HonestServer Origin { get; }

    public WebApplication Application { get; }

    public HttpClient Client { get; }

    /// <summary>What the application has logged.</summary>
    public RecordedLogs Logs { get; }

    public static async Task<ServingRig> StartAsync(Action<IHctefBuilder, HonestServer> register, Action<WebApplication> map)
    {
        HonestServer origin = await HonestServer.StartAsync();
        var logs = new RecordedLogs();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.AddProvider(logs);
        builder.Services.AddRoutingCore();

        // What a test reads is what is asked, and what fails is not repeated.
        register(
            builder.Services.AddHctef(options =>
            {
                options.FileDefaults.ReadaheadBytes = 0;
                options.FileDefaults.PrefetchBytes = 0;
                options.Retry.MaxRetries = 0;
            }),
            origin);
        WebApplication application = builder.Build();
        map(application);
        await application.StartAsync();
        return new ServingRig(origin, application, logs);
    }

    /// <summary>Sends a request, and returns when the headers of its reply are in; headers are sent as they are written here.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, (string Name, string Value)[] headers, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, headers);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Application.StopAsync(new CancellationToken(canceled: true));
        await Application.DisposeAsync();
        await Origin.DisposeAsync();
    }
}
