using Hctef;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace WebService;

/// <summary>What those ask who run the service.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this WebApplication app)
    {
        app.MapGet("/statistics", ([FromKeyedServices("catalog")] IRemoteFile catalog) => catalog.GetStatistics());
        app.MapGet("/metrics", (RecordedMetrics metrics) => Results.Text(metrics.Write(), "text/plain; version=0.0.4"));
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status.ToString(),
        Checks = report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new { Status = entry.Value.Status.ToString(), entry.Value.Description, entry.Value.Data },
            StringComparer.Ordinal),
    });
}
