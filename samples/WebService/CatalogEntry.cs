namespace WebService;

/// <summary>One entry of the archive; lengths are in bytes.</summary>
internal sealed record CatalogEntry(string Name, long Length, long PackedLength, DateTimeOffset Modified);
