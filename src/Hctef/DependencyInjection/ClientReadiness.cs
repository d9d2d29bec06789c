namespace Hctef.DependencyInjection;

/// <summary>
/// That the HTTP client of a registration can do what its options ask for. Only <see cref="ClientReadinessValidator"/> looks at it: it is an
/// options type so that a set-up which would get around the egress guard, or resolve no services, stops the start of the host.
/// </summary>
internal sealed class ClientReadiness;
