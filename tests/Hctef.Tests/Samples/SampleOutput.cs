using System.Text;

namespace Hctef.Tests.Samples;

/// <summary>What a sample prints, line by line while it runs. The lock guards the lines and who waits for one.</summary>
internal sealed class SampleOutput
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Text, TaskCompletionSource<string?> Found)> _waiters = [];
    private readonly Task<string> _all;
    private bool _ended;

    public SampleOutput(StreamReader reader, CancellationToken cancellationToken)
    {
        _all = Task.Run(() => ReadAsync(reader, cancellationToken), cancellationToken);
    }

    /// <summary>What follows a text in the first line that has it; null when the output ends without it.</summary>
    public Task<string?> WhenPrintedAsync(string text)
    {
        var found = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Find(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
                found.SetResult(Behind(line, text));
            else if (_ended)
                found.SetResult(null);
            else
                _waiters.Add((text, found));
        }

        return found.Task;
    }

    public Task<string> ReadToEndAsync() => _all;

    private async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            var all = new StringBuilder();
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                all.Append(line).Append('\n');
                Add(line);
            }

            return all.ToString();
        }
        finally
        {
            End();
        }
    }

    private void Add(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            foreach ((string text, TaskCompletionSource<string?> found) in _waiters)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    found.TrySetResult(Behind(line, text));
            }

            _waiters.RemoveAll(waiter => waiter.Found.Task.IsCompleted);
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach ((_, TaskCompletionSource<string?> found) in _waiters)
                found.TrySetResult(null);
            _waiters.Clear();
        }
    }

    private static string Behind(string line, string text) => line[(line.IndexOf(text, StringComparison.Ordinal) + text.Length)..];
}
