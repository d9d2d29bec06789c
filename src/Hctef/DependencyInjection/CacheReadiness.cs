namespace Hctef.DependencyInjection;

/// <summary>
/// That what the tiers of a registration's cache need of the container is there. Only <see cref="CacheReadinessValidator"/> looks at it: it is
/// an options type so that the start of the host stops where it is not.
/// </summary>
internal sealed class CacheReadiness;
