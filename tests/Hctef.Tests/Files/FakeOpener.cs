using System.Collections.Concurrent;
using Hctef.Files;
using Hctef.Options;

namespace Hctef.Tests.Files;

/// <summary>Opens <see cref="FakeFile"/>s in the engine's place; a gate holds openings back, a failure is thrown once.</summary>
internal sealed class FakeOpener
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first opening has begun.</summary>
    public Task Started => _started.Task;

    public TaskCompletionSource? Gate { get; set; }

    public Exception? FailOnce { get; set; }

    public ConcurrentQueue<(Uri Uri, ResolvedFileOptions Options)> Openings { get; } = [];

    public ConcurrentQueue<FakeFile> Files { get; } = [];

    public async Task<IHctefFile> OpenAsync(Uri uri, ResolvedFileOptions options, CancellationToken cancellationToken)
    {
        Openings.Enqueue((uri, options));
        _started.TrySetResult();
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellationToken);
        if (FailOnce is { } failure)
        {
            FailOnce = null;
            throw failure;
        }

        var file = new FakeFile(uri);
        Files.Enqueue(file);
        return file;
    }
}
