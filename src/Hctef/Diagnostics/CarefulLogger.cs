using Microsoft.Extensions.Logging;

namespace Hctef.Diagnostics;

/// <summary>A logger of the user that throws loses its message, and nothing else: no read, opening or permit depends on it.</summary>
internal sealed class CarefulLogger(ILogger logger) : ILogger
{
    private long _lost;

    /// <summary>Messages whose logger has thrown.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _lost);
            return false;
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _lost);
        }
    }
}
