using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hctef.Tests.Faults;

/// <summary>Keeps every message of every category, at every level, with its scopes and its exception.</summary>
internal sealed class RecordedLogs : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<(EventId Id, LogLevel Level)> _events = new();

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Ids and levels of the messages.</summary>
    public IReadOnlyCollection<(EventId Id, LogLevel Level)> Events => _events;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _lines.Enqueue(Text(state));
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{formatter(state, exception)} {Text(state)} {exception}");
        _events.Enqueue((eventId, logLevel));
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private static string Text(object? state) =>
        state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : state?.ToString() ?? "";
}
