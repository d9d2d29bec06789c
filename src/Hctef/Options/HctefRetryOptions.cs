namespace Hctef;

/// <summary>
/// How failed requests are repeated. What had arrived is kept: only missing bytes are asked again. Read once, when the first file is
/// opened. Every time is above zero and at most one day.
/// </summary>
public sealed class HctefRetryOptions
{
    /// <summary>How often a request is repeated that fails without bringing bytes, from 0 to 100.</summary>
    /// <value>5 by default.</value>
    public int MaxRetries { get; set; } = HctefDefaults.MaxRetries;

    /// <summary>The delay before the first repetition; it doubles from one to the next, with jitter.</summary>
    /// <value>100 milliseconds by default.</value>
    public TimeSpan BaseDelay { get; set; } = HctefDefaults.RetryBaseDelay;

    /// <summary>The longest delay of the doubling ones; at least <see cref="BaseDelay"/>.</summary>
    /// <value>15 seconds by default.</value>
    public TimeSpan MaxDelay { get; set; } = HctefDefaults.RetryMaxDelay;

    /// <summary>
    /// The longest <c>Retry-After</c> that is waited for; a server that asks for more fails the request at once, and the exception
    /// carries what it asked for.
    /// </summary>
    /// <value>60 seconds by default.</value>
    public TimeSpan MaxRetryAfter { get; set; } = HctefDefaults.MaxRetryAfter;
}
