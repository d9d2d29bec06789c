namespace Hctef.DependencyInjection;

/// <summary>
/// That the egress guard of a registration works, if it is on. Only <see cref="EgressReadinessValidator"/> looks at it: it is an options
/// type so that a set-up which would get around the guard stops the start of the host.
/// </summary>
internal sealed class EgressReadiness;
