using Hctef;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Worker.Demo;
using Worker.Watching;

// The settings lie beside the program, so that it works from any folder.
HostApplicationBuilder builder = Host.CreateApplicationBuilder(
    new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
await using DemoOrigin? origin = await DemoOrigin.StartIfNeededAsync(builder.Configuration);

builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
builder.Services.AddHctef(builder.Configuration.GetSection(HctefOptions.SectionName));
builder.Services.AddOptions<WatchOptions>().BindConfiguration("Watch").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddHostedService<FileWatcher>();
if (origin is null)
{
    builder.Services.AddSingleton<IWatchEventHandler, ConsoleHandler>();
}
else
{
    builder.Services.AddSingleton(origin);
    builder.Services.AddSingleton<ConsoleHandler>();
    builder.Services.AddSingleton<DemoHandler>();
    builder.Services.AddSingleton<IWatchEventHandler>(services => services.GetRequiredService<DemoHandler>());
    builder.Services.AddHostedService<DemoScript>();
}

using IHost host = builder.Build();
try
{
    await host.RunAsync();
    return 0;
}
catch (OptionsValidationException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
