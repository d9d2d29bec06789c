namespace Hctef;

/// <summary>
/// How failed requests are repeated. What had arrived is kept: only missing bytes are asked again. Read once, when the first file is
/// opened. Every time is above zero and at most one day.
/// </summary>
public sealed class HctefRetryOptions
{
    /// <summary>
    /// How often a request is repeated that fails without bringing bytes, from 0 to 100. Less often where a host fails many: at most a fifth
    /// of its first requests are repeated, beyond a reserve of 64 (or this number, if it is more) in ten to twenty seconds. A host that has
    /// failed four times as many requests one after the other (and 20 at least), and answered none, is left alone for 5 seconds at a time.
    /// </summary>
    /// <value>5 by default.</value>
    public int MaxRetries { get; set; } = HctefDefaults.MaxRetries;

    /// <summary>The delay before the first repetition; it doubles from one to the next, with jitter.</summary>
    /// <value>100 milliseconds by default.</value>
    public TimeSpan BaseDelay { get; set; } = HctefDefaults.RetryBaseDelay;

    /// <summary>The longest delay of the doubling ones; at least <see cref="BaseDelay"/>.</summary>
    /// <value>15 seconds by default.</value>
    public TimeSpan MaxDelay { get; set; } = HctefDefaults.RetryMaxDelay;

    /// <summary>
    /// The longest <c>Retry-After</c> (RFC 9110, section 10.2.3) that is waited for; a server that asks for more fails the request at once, and the exception
    /// carries what it asked for.
    /// </summary>
    /// <value>60 seconds by default.</value>
    public TimeSpan MaxRetryAfter { get; set; } = HctefDefaults.MaxRetryAfter;

    /// <summary>
    /// Whether a request that a reader waits for, and whose reply is late, is raced by a second one: after twice the 95th percentile of
    /// the host's times to first byte, and 50 milliseconds at the least. At most 3 % more requests; none while the host refuses.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool Hedging { get; set; }
}
