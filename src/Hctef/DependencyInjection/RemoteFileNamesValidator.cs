using Microsoft.Extensions.Options;

namespace Hctef.DependencyInjection;

/// <summary>Fails the start of the host when two registrations have files of one name.</summary>
internal sealed class RemoteFileNamesValidator(IEnumerable<HctefRegistration> registrations, IOptionsMonitor<HctefOptions> options)
    : IValidateOptions<RemoteFileNames>
{
    public ValidateOptionsResult Validate(string? name, RemoteFileNames names)
    {
        IReadOnlyList<string> clashes = RemoteFileNames.FindClashes(registrations.SelectMany(GetFiles));
        return clashes.Count > 0 ? ValidateOptionsResult.Fail(clashes) : ValidateOptionsResult.Success;
    }

    private IEnumerable<(string File, HctefRegistration Registration)> GetFiles(HctefRegistration registration)
    {
        try
        {
            return options.Get(registration.Name).Files.Keys.Select(file => (file, registration));
        }
        catch (OptionsValidationException)
        {
            // Their own validation says what is wrong.
            return [];
        }
    }
}
