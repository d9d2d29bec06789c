namespace Hctef;

/// <summary>The options of one registration of Hctef (<c>AddHctef</c>, <c>AddKeyedHctef</c>).</summary>
public sealed class HctefOptions
{
    /// <summary>The customary name of the configuration section: <c>Hctef</c>.</summary>
    public const string SectionName = "Hctef";

    /// <summary>The cache that all files of the registration share.</summary>
    public HctefCacheOptions Cache { get; set; } = new();

    /// <summary>Connections, times and limits of requests.</summary>
    public HctefTransportOptions Transport { get; set; } = new();

    /// <summary>How failed requests are repeated.</summary>
    public HctefRetryOptions Retry { get; set; } = new();

    /// <summary>To which hosts and addresses Hctef connects; off by default.</summary>
    public HctefEgressOptions Egress { get; set; } = new();

    /// <summary>
    /// What files inherit where neither the call that opens them nor <see cref="Files"/> says otherwise; read whenever a file opens.
    /// <see cref="RemoteFileOptions.Url"/>, <see cref="RemoteFileOptions.CacheKey"/> and
    /// <see cref="RemoteFileOptions.ExpectedEntityTag"/> belong to one file and cannot be set here.
    /// </summary>
    public RemoteFileOptions FileDefaults { get; set; } = new();

    /// <summary>
    /// The registered files by name; names ignore case and are unique over all registrations. Which files there are, and their
    /// URLs, is read once; the rest whenever a file opens.
    /// </summary>
    public IDictionary<string, RemoteFileOptions> Files { get; } =
        new Dictionary<string, RemoteFileOptions>(StringComparer.OrdinalIgnoreCase);
}
