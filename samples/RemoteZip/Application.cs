using Hctef;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RemoteZip.Archives;
using RemoteZip.CommandLine;
using RemoteZip.Demo;
using RemoteZip.Output;

namespace RemoteZip;

/// <summary>The host: configuration, services, Ctrl-C.</summary>
internal static class Application
{
    public static async Task<int> RunAsync(ArchiveRequest request)
    {
        using IHost host = CreateHost();
        await StartAsync(host);
        CancellationToken stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        int exitCode = await RunAsync(host.Services, request, stopping);
        await host.StopAsync(CancellationToken.None);
        return exitCode;
    }

    private static IHost CreateHost()
    {
        // The settings lie beside the program, so that it works from any folder.
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.AddHctef(builder.Configuration.GetSection(HctefOptions.SectionName));
        builder.Services.AddSingleton<Terminal>();
        builder.Services.AddSingleton<TrafficReport>();
        builder.Services.AddSingleton<EntryExtraction>();
        builder.Services.AddSingleton<ArchiveCommand>();
        builder.Services.AddSingleton<DemoCommand>();
        return builder.Build();
    }

    private static async Task StartAsync(IHost host)
    {
        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch (InvalidOperationException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private static Task<int> RunAsync(IServiceProvider services, ArchiveRequest request, CancellationToken cancellationToken) =>
        request.Url is { } url
            ? services.GetRequiredService<ArchiveCommand>().RunAsync(url, request.Entry, request.OutputFile, cancellationToken)
            : services.GetRequiredService<DemoCommand>().RunAsync(cancellationToken);
}
