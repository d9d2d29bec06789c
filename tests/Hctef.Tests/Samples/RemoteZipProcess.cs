namespace Hctef.Tests.Samples;

/// <summary>Runs of the sample RemoteZip.</summary>
internal static class RemoteZipProcess
{
    public static async Task<SampleResult> RunAsync(ScratchFolder folder, params string[] arguments)
    {
        using SampleProcess process = Start(folder, settings: [], arguments);
        return await process.ResultAsync();
    }

    public static SampleProcess Start(ScratchFolder folder, (string Name, string Value)[] settings, params string[] arguments) =>
        SampleProcess.Start("RemoteZip", folder, settings, arguments);
}
