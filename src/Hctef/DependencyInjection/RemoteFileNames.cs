namespace Hctef.DependencyInjection;

/// <summary>
/// The names of all registered files of a container. Only <see cref="RemoteFileNamesValidator"/> looks at it: it is an options type
/// so that names are checked when the host starts.
/// </summary>
internal sealed class RemoteFileNames
{
    /// <summary>Tells which names are taken twice; they ignore case and are unique over all registrations.</summary>
    public static IReadOnlyList<string> FindClashes(IEnumerable<(string File, HctefRegistration Registration)> files)
    {
        return
        [
            .. files.GroupBy(f => f.File, f => f.Registration, StringComparer.OrdinalIgnoreCase)
                .Where(owners => owners.Count() > 1)
                .Select(owners => $"The remote file '{owners.Key}' is registered more than once: in {Join(owners)}. "
                    + "Names of files ignore case and are unique over all registrations."),
        ];
    }

    private static string Join(IEnumerable<HctefRegistration> registrations) =>
        string.Join(" and in ", registrations.Select(r => $"'{r.ClientName}'"));
}
