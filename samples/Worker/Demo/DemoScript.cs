using System.Globalization;
using System.Text;
using Hctef;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Worker.Watching;

namespace Worker.Demo;

/// <summary>Plays the life of a log file, each step when the watcher has noticed the one before, and ends the program.</summary>
internal sealed class DemoScript(
    DemoOrigin origin, DemoHandler watcher, [FromKeyedServices("log")] IRemoteFile file, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Check(await watcher.ExpectAsync<WatchEvent.Appended>(stoppingToken), "line 199999\nline 200000\n");

        Say("Two lines are appended");
        origin.Append("line 200001\nline 200002\n");
        Check(await watcher.ExpectAsync<WatchEvent.Appended>(stoppingToken), "line 200001\nline 200002\n");

        Say("The origin goes away, and a line is appended meanwhile");
        origin.GoAway();
        await watcher.ExpectAsync<WatchEvent.Unavailable>(stoppingToken);
        origin.Append("line 200003\n");
        origin.ComeBack();
        await watcher.ExpectAsync<WatchEvent.Recovered>(stoppingToken);
        Check(await watcher.ExpectAsync<WatchEvent.Appended>(stoppingToken), "line 200003\n");
        Say(Format($"Of {origin.Length} bytes {origin.BytesSent} were moved, in {file.GetStatistics().Requests} requests"));

        Say("The log is begun anew");
        origin.Replace("line 1\nline 2\n");
        await watcher.ExpectAsync<WatchEvent.Replaced>(stoppingToken);
        Check(await watcher.ExpectAsync<WatchEvent.Appended>(stoppingToken), "line 1\nline 2\n");

        Say("All of it was noticed");
        lifetime.StopApplication();
    }

    private static void Check(WatchEvent.Appended appended, string expected)
    {
        string read = Encoding.ASCII.GetString(appended.Bytes.Span);
        if (!string.Equals(read, expected, StringComparison.Ordinal))
            throw new InvalidOperationException($"The watcher read '{read}' where '{expected}' was appended.");
    }

    private static void Say(string line) => Console.WriteLine($"--- {line}");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
