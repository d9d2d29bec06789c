using Hctef;
using Microsoft.Extensions.Options;
using RemoteZip.CommandLine;
using RemoteZip.Output;

namespace RemoteZip;

/// <summary>What a failure means to the user: one line and an exit code.</summary>
internal sealed record Failure(string Message, int ExitCode)
{
    /// <summary>Null for what is a mistake of this program, which is not to be hidden.</summary>
    public static Failure? Of(Exception exception) => exception switch
    {
        OperationCanceledException => new("Cancelled.", RemoteZip.ExitCode.Cancelled),
        UsageException or OptionsValidationException or HctefUrlException => Line(exception, RemoteZip.ExitCode.Usage),
        // ZipArchive wraps what its stream throws; the network's own words say more.
        InvalidDataException { InnerException: HctefException cause } => Line(cause, RemoteZip.ExitCode.Failure),
        InvalidDataException => new(
            $"The ZIP archive cannot be read: {PrintableText.Of(exception.Message)}",
            RemoteZip.ExitCode.Failure),
        RemoteZipException or IOException or UnauthorizedAccessException => Line(exception, RemoteZip.ExitCode.Failure),
        _ => null,
    };

    private static Failure Line(Exception exception, int exitCode) => new(PrintableText.Of(exception.Message), exitCode);
}
