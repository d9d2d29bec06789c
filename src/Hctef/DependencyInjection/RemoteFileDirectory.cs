using System.Collections.Frozen;
using Hctef.Files;
using Hctef.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.DependencyInjection;

/// <summary>
/// All registered files of a container, by name. Which there are is read once; with which options one opens, when it opens.
/// </summary>
internal sealed class RemoteFileDirectory : IAsyncDisposable, IDisposable
{
    private readonly IServiceProvider _services;
    private readonly FrozenDictionary<string, Entry> _entries;

    public RemoteFileDirectory(IEnumerable<HctefRegistration> registrations, IServiceProvider services)
    {
        _services = services;

        Entry[] entries = [.. registrations.SelectMany(CreateEntries)];
        IReadOnlyList<string> clashes = RemoteFileNames.FindClashes(entries.Select(e => (e.Name, e.Registration)));
        if (clashes.Count > 0)
            throw new InvalidOperationException(string.Join(' ', clashes));
        _entries = entries.ToFrozenDictionary(e => e.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The names of all files, in order.</summary>
    public IEnumerable<string> Names => _entries.Values.Select(e => e.Name).Order(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the file that a service key names, in any case.</summary>
    public IRemoteFile Get(object? key)
    {
        if (key is not string name || !_entries.TryGetValue(name, out Entry? entry))
            throw new InvalidOperationException($"No remote file is registered as '{key}'. {ListNames()}");

        // By the name as registered, so that a test double of that name is found whatever the case of the asked one.
        return name == entry.Name ? entry.File : _services.GetRequiredKeyedService<IRemoteFile>(entry.Name);
    }

    /// <summary>Gets the only file.</summary>
    public IRemoteFile GetSingle()
    {
        if (_entries.Count == 1)
            return _services.GetRequiredKeyedService<IRemoteFile>(_entries.Values[0].Name);

        throw new InvalidOperationException(
            $"{nameof(IRemoteFile)} without a key stands for the only registered remote file. {ListNames()}");
    }

    /// <summary>Closes the files of one registration.</summary>
    public ValueTask CloseAsync(HctefRegistration registration) => CloseAsync(_entries.Values.Where(e => e.Registration == registration));

    public ValueTask DisposeAsync() => CloseAsync(_entries.Values);

    public void Dispose() => BlockingWait.Wait(DisposeAsync().AsTask());

    private static async ValueTask CloseAsync(IEnumerable<Entry> entries) =>
        await Task.WhenAll(entries.Select(e => e.File.CloseAsync().AsTask())).ConfigureAwait(false);

    private IEnumerable<Entry> CreateEntries(HctefRegistration registration)
    {
        // Validation has seen to it that every file has its URL.
        return GetOptions(registration).Files
            .Select(f => new Entry(f.Key, registration, CreateFile(f.Key, f.Value.Url!, registration)));
    }

    private RegisteredRemoteFile CreateFile(string name, Uri url, HctefRegistration registration) =>
        new(url, _services.GetRequiredService<TimeProvider>(), cancellationToken => OpenAsync(name, url, registration, cancellationToken));

    private async Task<IHctefFile> OpenAsync(string name, Uri url, HctefRegistration registration, CancellationToken cancellationToken)
    {
        HctefOptions options = GetOptions(registration);
        RemoteFileOptions? named = options.Files.TryGetValue(name, out RemoteFileOptions? file) ? file : null;
        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(perOpen: null, named, options.FileDefaults);

        _ = registration.GetService<RegisteredFilesCloser>(_services);
        return await registration.GetService<OpenFile>(_services)(url, resolved, cancellationToken).ConfigureAwait(false);
    }

    private HctefOptions GetOptions(HctefRegistration registration) => registration.GetService<HctefOptionsSource>(_services).Current;

    private string ListNames()
    {
        if (_entries.Count == 0)
            return "No file is registered.";

        return $"Registered are: {string.Join(", ", Names.Select(name => $"'{name}'"))}.";
    }

    private sealed record Entry(string Name, HctefRegistration Registration, RegisteredRemoteFile File);
}
