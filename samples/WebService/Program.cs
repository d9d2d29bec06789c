using Hctef;
using WebService;

// The settings lie beside the program, so that it works from any folder.
WebApplicationBuilder builder = WebApplication.CreateBuilder(
    new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
await using EmbeddedOrigin? origin = await EmbeddedOrigin.StartIfNeededAsync(builder.Configuration);

builder.Services.AddHctef(builder.Configuration.GetSection(HctefOptions.SectionName));
builder.Services.AddHealthChecks().AddHctef();
builder.Services.AddSingleton<Catalog>();
builder.Services.AddSingleton<RecordedMetrics>();
builder.Services.AddProblemDetails();

WebApplication app = builder.Build();
_ = app.Services.GetRequiredService<RecordedMetrics>();
app.UseExceptionHandler(new ExceptionHandlerOptions
{
    // The origin's failures are not the service's own. ZipArchive wraps what its stream throws.
    StatusCodeSelector = e => e is HctefException or { InnerException: HctefException } ? StatusCodes.Status502BadGateway : StatusCodes.Status500InternalServerError,
});
app.MapCatalog();
app.MapRemoteFile("/files/catalog", "catalog");
app.MapOperations();
await app.RunAsync();
