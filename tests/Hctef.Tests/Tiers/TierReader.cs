using System.Diagnostics;
using System.Globalization;
using Hctef.TestServer.Content;
using Hctef.TestServer.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Tiers;

/// <summary>
/// A process that opens a file by AddHctef with tiers, reads all of it, holds each byte against what is served, and tells what it took.
/// </summary>
internal static class TierReader
{
    public const string Mode = "tier-reader";

    private const string NoTier = "-";

    /// <summary>Runs such a process, which must find the right bytes.</summary>
    /// <param name="uri">The file.</param>
    /// <param name="content">The name of its content.</param>
    /// <param name="folder">The folder of the disk tier; null for none.</param>
    /// <param name="redis">Host and port of the distributed tier's store; null for none.</param>
    /// <param name="trusts">Whether it opens without asking what others have asked lately.</param>
    /// <param name="mostBytes">The cap of the disk tier.</param>
    public static async Task<RemoteFileStatistics> RunAsync(
        Uri uri, string content, string? folder, string? redis = null, bool trusts = false, long mostBytes = 1L << 40)
    {
        string[] arguments =
        [
            typeof(TierReader).Assembly.Location,
            Mode,
            uri.AbsoluteUri,
            content,
            folder ?? NoTier,
            redis ?? NoTier,
            trusts.ToString(),
            mostBytes.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(process.ExitCode == 0, await output + await errors);
        long[] told = [.. (await output).Split(' ').Select(static text => long.Parse(text, CultureInfo.InvariantCulture))];
        return new RemoteFileStatistics { Requests = told[0], BytesFetched = told[1], BytesFromTiers = told[2] };
    }

    /// <summary>What the process does; returns 0 if all bytes were right.</summary>
    public static int Run(string[] arguments) => RunAsync(
        new Uri(arguments[0]),
        new TestContent(arguments[1]),
        arguments[2],
        arguments[3],
        bool.Parse(arguments[4]),
        long.Parse(arguments[5], CultureInfo.InvariantCulture)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Uri uri, TestContent content, string folder, string redis, bool trusts, long mostBytes)
    {
        var services = new ServiceCollection();

        // Time stands still: closing waits until all is written, however slow the machine is, and the origin is never found to be sooner.
        services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        IHctefBuilder builder = services.AddHctef();
        if (folder != NoTier)
        {
            builder.UseDiskCache(folder, disk => (disk.MinFreeBytes, disk.MaxBytes) = (0, mostBytes));
        }

        if (redis != NoTier)
        {
            services.AddSingleton<IDistributedCache>(_ => new RedisCache(redis));
            builder.UseDistributedCache(distributed =>
            {
                // What is asked, and not how soon the machine answers.
                distributed.ReadTimeout = TimeSpan.FromMinutes(1);
                distributed.TrustSharedMetadataFor = trusts ? TimeSpan.FromHours(1) : TimeSpan.Zero;
            });
        }

        await using ServiceProvider provider = services.BuildServiceProvider();
        await using IRemoteFile file = await provider.GetRequiredService<IRangeReaderFactory>().OpenAsync(uri);
        await using RemoteFileStream stream = file.OpenStream();
        byte[] buffer = new byte[100_000];
        long offset = 0;
        while (await stream.ReadAsync(buffer) is > 0 and int count)
        {
            if (!content.Matches(buffer.AsSpan(0, count), offset))
            {
                Console.Error.WriteLine($"Wrong bytes at {offset}.");
                return 1;
            }

            offset += count;
        }

        RemoteFileStatistics told = file.GetStatistics();
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{told.Requests} {told.BytesFetched} {told.BytesFromTiers}"));
        return offset == stream.Length ? 0 : 1;
    }
}
