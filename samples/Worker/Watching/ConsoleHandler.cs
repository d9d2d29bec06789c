using System.Text;

namespace Worker.Watching;

/// <summary>Prints what the watcher notices.</summary>
internal sealed class ConsoleHandler : IWatchEventHandler
{
    public async ValueTask HandleAsync(WatchEvent watchEvent, CancellationToken cancellationToken) =>
        await Console.Out.WriteLineAsync(Describe(watchEvent).AsMemory(), cancellationToken);

    private static string Describe(WatchEvent watchEvent) => watchEvent switch
    {
        WatchEvent.Appended appended => $"At {appended.Offset}: {Encoding.UTF8.GetString(appended.Bytes.Span).TrimEnd().ReplaceLineEndings(" | ")}",
        WatchEvent.Replaced replaced => $"Another file of {replaced.Length} bytes",
        WatchEvent.Unavailable unavailable => $"The origin is away: {unavailable.Reason}",
        WatchEvent.Recovered => "The origin is back",
        _ => watchEvent.ToString(),
    };
}
