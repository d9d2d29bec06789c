using System.Collections.Frozen;
using Hctef.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Hctef.AspNetCore;

/// <summary>
/// The registered files of one registration that are <see cref="RemoteFileOptions.Immutable"/>, as a folder of static files: the name of a
/// file is its path.
/// </summary>
/// <remarks>
/// <para>
/// <c>app.UseStaticFiles(new StaticFileOptions { FileProvider = new RemoteFileProvider(app.Services), RequestPath = "/files" })</c> serves a
/// file that is registered as <c>maps/europe.pmtiles</c> under <c>/files/maps/europe.pmtiles</c>, and takes its media type from that name.
/// </para>
/// <para>
/// Only immutable files are served, since static files make their entity tag of date and length: two versions of one second and length
/// would share it. Others are not found; <c>MapRemoteFile</c> serves them with the entity tag of their origin. Which files there are is
/// read once, when the provider is made.
/// </para>
/// <para>
/// Static files ask for length and date synchronously, so that the first request for a file blocks a thread until the file is open: open it
/// when the application starts (<see cref="IRemoteFile.GetInfoAsync"/>). What the opening throws is thrown then; a file that its origin does
/// not have (404, 410) does not exist.
/// </para>
/// </remarks>
public sealed class RemoteFileProvider : IFileProvider
{
    private readonly FrozenDictionary<string, StaticRemoteFile> _files;

    /// <summary>Creates a provider of the files of one registration.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="registration">The name of the registration (<c>AddKeyedHctef</c>); null for that of <c>AddHctef</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException">There is no registration of this name.</exception>
    /// <exception cref="InvalidOperationException">It is null, and <c>AddHctef</c> was not called.</exception>
    /// <exception cref="OptionsValidationException">An option of the registration is wrong.</exception>
    public RemoteFileProvider(IServiceProvider services, string? registration = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ThrowIfUnknown(services, registration);
        HctefOptions options = services.GetRequiredService<IOptionsMonitor<HctefOptions>>().Get(registration);
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        _files = options.Files
            .Where(file => file.Value.Immutable ?? options.FileDefaults.Immutable ?? false)
            .Select(file => new StaticRemoteFile(Normalize(file.Key), services.GetRequiredKeyedService<IRemoteFile>(file.Key), time))
            .ToFrozenDictionary(file => file.Path, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Finds a file.</summary>
    /// <param name="subpath">The name that it is registered under, in any case, with or without a slash before it.</param>
    /// <returns>The file, which opens when it is asked for more than its name; one that does not exist if there is none.</returns>
    public IFileInfo GetFileInfo(string subpath)
    {
        ArgumentNullException.ThrowIfNull(subpath);
        return _files.TryGetValue(Normalize(subpath), out StaticRemoteFile? file) ? new RemoteFileEntry(file) : new NotFoundFileInfo(subpath);
    }

    /// <summary>Lists a folder: the files whose names begin with its path, and the folders in it.</summary>
    /// <param name="subpath">The path of the folder; empty for all.</param>
    /// <returns>The folder; one that does not exist if no file lies in it.</returns>
    public IDirectoryContents GetDirectoryContents(string subpath)
    {
        ArgumentNullException.ThrowIfNull(subpath);
        string folder = Normalize(subpath);
        string prefix = folder.Length == 0 ? "" : folder + "/";
        StaticRemoteFile[] inside =
            [.. _files.Where(file => file.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(file => file.Value)];
        return inside.Length == 0 && prefix.Length > 0 ? NotFoundDirectoryContents.Singleton : new RemoteFolder(inside, prefix.Length);
    }

    /// <summary>Watches nothing: the files never change.</summary>
    /// <param name="filter">Ignored.</param>
    /// <returns>A token that never tells of a change.</returns>
    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    /// <summary>Options come into being under any name: one that nobody has registered would have no file, and say nothing.</summary>
    private static void ThrowIfUnknown(IServiceProvider services, string? registration)
    {
        if (registration is null)
            _ = services.GetRequiredService<IRangeReaderFactory>();
        else if (services.GetKeyedService<IRangeReaderFactory>(registration) is null)
            throw new ArgumentException($"No registration (AddKeyedHctef) has the name '{registration}'.", nameof(registration));
    }

    private static string Normalize(string path) => path.Trim('/');
}
