using Hctef.Http;
using Microsoft.Extensions.Options;

namespace Hctef.DependencyInjection;

/// <summary>
/// Makes the HTTP client of a registration, as its first request would, where options depend on its handlers: the egress guard, and URLs
/// that name services.
/// </summary>
internal sealed class ClientReadinessValidator(
    IEnumerable<HctefRegistration> registrations,
    IOptionsMonitor<HctefOptions> options,
    IHttpClientFactory clients,
    IServiceProvider services)
    : IValidateOptions<ClientReadiness>
{
    public ValidateOptionsResult Validate(string? name, ClientReadiness readiness)
    {
        HctefRegistration registration = registrations.First(registration => registration.Name == name);
        try
        {
            HctefOptions current = options.Get(registration.Name);
            string[] names = [.. current.Files.Where(static file => HttpUrl.NamesService(file.Value.Url!)).Select(static file => file.Key)];
            return current.Egress.Enabled || names.Length > 0 ? Check(registration, current, names) : ValidateOptionsResult.Success;
        }
        catch (OptionsValidationException)
        {
            // Their own validation says what is wrong.
            return ValidateOptionsResult.Success;
        }
        catch (InvalidOperationException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }

    private ValidateOptionsResult Check(HctefRegistration registration, HctefOptions current, string[] namesOfServices)
    {
        using HttpClient client = clients.CreateClient(registration.ClientName);
        if (current.Egress.Enabled)
            EgressGuard.CheckVersion(client, registration.ClientName);

        return namesOfServices.Length == 0 || registration.GetService<ClientHandlers>(services).ResolveServices
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(namesOfServices.Select(file =>
                $"{registration.ClientName}: Files:{file}:Url has the scheme '{current.Files[file].Url!.Scheme}', but no handler of the HTTP "
                + $"client '{registration.ClientName}' resolves services: add service discovery to it, or write http or https."));
    }
}
