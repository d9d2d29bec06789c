namespace WebService;

/// <summary>What clients ask of the archive.</summary>
internal static class CatalogEndpoints
{
    private static readonly string[] Paths =
    [
        "/entries", "/entries/notes/note-030.txt", "/files/catalog", "/statistics", "/health", "/metrics",
    ];

    public static void MapCatalog(this WebApplication app)
    {
        app.MapGet("/", () => Paths);
        app.MapGet("/entries", (Catalog catalog, CancellationToken cancellationToken) => catalog.ListAsync(cancellationToken));
        app.MapGet("/entries/{**name}", SendEntryAsync);
    }

    private static async Task SendEntryAsync(string name, Catalog catalog, HttpResponse response, CancellationToken cancellationToken)
    {
        // Status and headers go out with the first byte; what fails before it is answered with a status of its own.
        bool found = await catalog.CopyAsync(
            name,
            length => (response.ContentType, response.ContentLength) = ("application/octet-stream", length),
            response.Body,
            cancellationToken);
        if (!found)
            response.StatusCode = StatusCodes.Status404NotFound;
    }
}
