using Microsoft.Extensions.Options;

namespace Hctef.DependencyInjection;

/// <summary>Makes the HTTP client of a registration whose egress guard is on, as its first request would.</summary>
internal sealed class EgressReadinessValidator(
    IEnumerable<HctefRegistration> registrations, IOptionsMonitor<HctefOptions> options, IHttpClientFactory clients)
    : IValidateOptions<EgressReadiness>
{
    public ValidateOptionsResult Validate(string? name, EgressReadiness readiness)
    {
        HctefRegistration registration = registrations.First(registration => registration.Name == name);
        try
        {
            if (!options.Get(registration.Name).Egress.Enabled)
                return ValidateOptionsResult.Success;

            using HttpClient client = clients.CreateClient(registration.ClientName);
            EgressGuard.CheckVersion(client, registration.ClientName);
            return ValidateOptionsResult.Success;
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
}
