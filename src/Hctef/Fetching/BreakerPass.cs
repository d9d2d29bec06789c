namespace Hctef.Fetching;

/// <summary>The leave of a <see cref="HostBreaker"/> to send one request.</summary>
/// <param name="Failures">How many failures it had counted by then.</param>
/// <param name="Probe">The number of the probe that the request is; 0 for none.</param>
internal readonly record struct BreakerPass(int Failures, int Probe = 0);
