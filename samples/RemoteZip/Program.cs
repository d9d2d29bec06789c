using RemoteZip;
using RemoteZip.CommandLine;

try
{
    return await RemoteZipCommand.RunAsync(args, Application.RunAsync);
}
catch (Exception e) when (Failure.Of(e) is { } failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return failure.ExitCode;
}
