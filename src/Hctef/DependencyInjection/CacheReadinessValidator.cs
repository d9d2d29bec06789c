using Microsoft.Extensions.Options;

namespace Hctef.DependencyInjection;

/// <summary>Looks for the store of the distributed tier, where that is on.</summary>
internal sealed class CacheReadinessValidator(
    IEnumerable<HctefRegistration> registrations, IOptionsMonitor<HctefOptions> options, IServiceProvider services)
    : IValidateOptions<CacheReadiness>
{
    public ValidateOptionsResult Validate(string? name, CacheReadiness readiness)
    {
        HctefRegistration registration = registrations.First(registration => registration.Name == name);
        try
        {
            DistributedCacheOptions distributed = options.Get(registration.Name).Cache.Distributed;
            return !distributed.Enabled || CacheTiers.FindStore(distributed, services) is not null
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(CacheTiers.NoStore(distributed, registration));
        }
        catch (OptionsValidationException)
        {
            // Their own validation says what is wrong.
            return ValidateOptionsResult.Success;
        }
    }
}
