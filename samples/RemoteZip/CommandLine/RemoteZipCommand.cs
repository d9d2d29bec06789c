using System.CommandLine;

namespace RemoteZip.CommandLine;

/// <summary>The command line: <c>RemoteZip [URL [ENTRY]] [--out FILE]</c>.</summary>
internal static class RemoteZipCommand
{
    private const string Description =
        "Lists a ZIP archive on an HTTP server, or extracts one entry of it, and fetches only the parts that this takes. "
        + "Without arguments a demo runs against a server of its own.";

    // Text, not Uri: messages of the parser would print a URL that it cannot read, with its secrets.
    private static readonly Argument<string?> Url = new("URL")
    {
        Description = "The http or https URL of the archive.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string?> Entry = new("ENTRY")
    {
        Description = "The full name of the entry to extract; without it the entries are listed.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> OutputFile = new("--out", "-o")
    {
        Description = "The file to write, which is replaced; without it the entry's name in the current folder, which must be free.",
        HelpName = "FILE",
    };

    public static Task<int> RunAsync(string[] args, Func<ArchiveRequest, Task<int>> run)
    {
        var command = new RootCommand(Description) { Url, Entry, OutputFile };
        command.SetAction((result, _) => run(RequestOf(result)));

        // An entry's name may start with @, which would name a file of arguments.
        ParseResult parsed = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.UnmatchedTokens.Count > 0)
            throw new UsageException("There are more arguments than URL and ENTRY (see --help).");
        if (parsed.Errors.Count > 0)
            throw new UsageException($"{parsed.Errors[0].Message} (See --help.)");

        // The host listens to Ctrl-C, and the caller turns exceptions into messages.
        return parsed.InvokeAsync(
            new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false },
            CancellationToken.None);
    }

    private static ArchiveRequest RequestOf(ParseResult result)
    {
        string? url = result.GetValue(Url);
        string? entry = result.GetValue(Entry);
        string? outputFile = result.GetValue(OutputFile);
        if (outputFile is not null && entry is null)
            throw new UsageException("--out is for an ENTRY to extract, and none is named (see --help).");
        if (outputFile is not null && string.IsNullOrWhiteSpace(outputFile))
            throw new UsageException("--out has no file name (see --help).");
        return new ArchiveRequest(url is null ? null : ToUri(url), entry, outputFile);
    }

    private static Uri ToUri(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : throw new UsageException("The URL is not an absolute http or https URL (see --help).");
}
