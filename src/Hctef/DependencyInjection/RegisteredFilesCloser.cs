using Hctef.Files;

namespace Hctef.DependencyInjection;

/// <summary>
/// Closes the registered files of one registration before their engine goes: a container disposes in the reverse order of creation,
/// and creates this after the <paramref name="engine"/>, when the first of the files opens.
/// </summary>
internal sealed class RegisteredFilesCloser(HctefEngine engine, RemoteFileDirectory directory, HctefRegistration registration)
    : IAsyncDisposable, IDisposable
{
    /// <summary>The engine that outlives the files.</summary>
    public HctefEngine Engine { get; } = engine;

    public ValueTask DisposeAsync() => directory.CloseAsync(registration);

    public void Dispose() => BlockingWait.Wait(DisposeAsync().AsTask());
}
