namespace RemoteZip.CommandLine;

/// <summary>What the command line asks for; without a URL it is the demo.</summary>
internal sealed record ArchiveRequest(Uri? Url, string? Entry, string? OutputFile);
