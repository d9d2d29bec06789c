namespace Microsoft.Extensions.Http.Resilience.Internal;

/// <summary>By the name that the real one had at first. It repeats nothing.</summary>
internal sealed class ResilienceHandler : DelegatingHandler;
