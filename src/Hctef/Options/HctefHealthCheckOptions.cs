namespace Hctef;

/// <summary>What the health check of registered files looks at.</summary>
public sealed class HctefHealthCheckOptions
{
    /// <summary>The names of the files to check, in any case; empty for all that are registered.</summary>
    public IList<string> Files { get; } = [];

    /// <summary>
    /// Whether each check asks the origins: it opens files that are not open, and asks for open ones whether they have changed, by one small
    /// request each.
    /// </summary>
    /// <value><see langword="true"/> by default. Without it a check only tells what is known.</value>
    public bool Probe { get; set; } = true;

    /// <summary>How long an origin may take to answer a probe, retries included; above zero, at most a day.</summary>
    /// <value>5 seconds by default.</value>
    public TimeSpan ProbeTimeout { get; set; } = HctefDefaults.ProbeTimeout;
}
