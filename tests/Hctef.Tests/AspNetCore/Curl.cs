using System.Diagnostics;
using Hctef.Tests.Files;

namespace Hctef.Tests.AspNetCore;

/// <summary>The curl of this machine, a client that nobody here has written.</summary>
internal static class Curl
{
    /// <summary>Runs it; what it prints, if it has ended well.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using var patience = new CancellationTokenSource(FileRig.HangGuard);
        using Process process = Start(arguments);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token);
            string errors = await process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"curl ended with {process.ExitCode}: {errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            // Without the settings of the user; without a proxy that the environment may have.
            return Process.Start(new ProcessStartInfo("curl", ["--disable", "--silent", "--show-error", "--noproxy", "*", .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("These tests need curl: install it.", e);
        }
    }
}
