namespace Hctef;

/// <summary>
/// The options of one file. A member that is null is inherited: from the call that opens the file, then
/// <see cref="HctefOptions.Files"/>, then <see cref="HctefOptions.FileDefaults"/>, then the built-in value.
/// </summary>
public sealed class RemoteFileOptions
{
    /// <summary>The absolute http or https URL of a registered file. Ignored by <see cref="IRangeReaderFactory.OpenAsync"/>.</summary>
    public Uri? Url { get; set; }

    /// <summary>
    /// The name under which the file's bytes are cached, for URLs that differ between openings of one file (signatures); not blank.
    /// </summary>
    /// <value><see langword="null"/> by default: the URL without its fragment.</value>
    public string? CacheKey { get; set; }

    /// <summary>
    /// The tenant whose files share cached bytes; others never see them. Not blank. Its openings may differ in credentials
    /// (<c>Authorization</c>, <c>Cookie</c>), unless the server's replies are <c>private</c>, not in other <see cref="Headers"/>.
    /// </summary>
    /// <value><see langword="null"/> by default: told apart by the headers that the file is asked with.</value>
    public string? Partition { get; set; }

    /// <summary>The entity tag that the file must carry when it opens, quotes included.</summary>
    /// <value><see langword="null"/> by default: any, or none.</value>
    public string? ExpectedEntityTag { get; set; }

    /// <summary>
    /// Headers that are sent with every request for the file, to the origin of its URL only; those of the defaults are added where
    /// the name is not given here.
    /// </summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Hosts (exact names) that <see cref="Headers"/> and credentials may follow a redirect to, over https.</summary>
    public IList<string> ForwardHeadersTo { get; } = [];

    /// <summary>How many bytes opening the file brings into the cache; at least 0, which asks for none.</summary>
    /// <value><see langword="null"/> inherits; the built-in value is 1,048,576.</value>
    public long? PrefetchBytes { get; set; }

    /// <summary>Which end of the file opening it brings.</summary>
    /// <value><see langword="null"/> inherits; the built-in value is <see cref="PrefetchDirection.End"/>.</value>
    public PrefetchDirection? PrefetchDirection { get; set; }

    /// <summary>
    /// The fewest bytes that one request asks for, at least 1, rounded up to whole blocks; smaller gaps between what is cached or
    /// under way are asked exactly.
    /// </summary>
    /// <value><see langword="null"/> inherits; the built-in value is 8,192.</value>
    public int? MinimumRangeRequestBytes { get; set; }

    /// <summary>
    /// The most bytes that are fetched ahead of one reader that goes on in order, back, or by a stride; at least 0, which switches
    /// reading ahead off. All readers together have no more than half of <see cref="HctefCacheOptions.MemoryBytes"/>.
    /// </summary>
    /// <value>
    /// <see langword="null"/> inherits; by default as many as keep all connections to the host busy, once a reader had to wait twice.
    /// </value>
    public long? ReadaheadBytes { get; set; }

    /// <summary>
    /// Whether a registered file is opened when the host starts, before its services do, instead of on its first use. Without a host, and
    /// by <see cref="IRangeReaderFactory.OpenAsync"/>, it is ignored.
    /// </summary>
    /// <value><see langword="null"/> inherits; the built-in value is <see langword="false"/>.</value>
    public bool? OpenAtStart { get; set; }

    /// <summary>What happens when a file that is to be opened at start (<see cref="OpenAtStart"/>) cannot be opened then.</summary>
    /// <value><see langword="null"/> inherits; the built-in value is <see cref="StartFailurePolicy.Fail"/>.</value>
    public StartFailurePolicy? OnStartFailure { get; set; }

    /// <summary>Whether the caller vouches that the URL's bytes never change. Size and entity tag are compared all the same.</summary>
    /// <value><see langword="null"/> inherits; the built-in value is <see langword="false"/>.</value>
    public bool? Immutable { get; set; }

    /// <summary>What opening does when the server does not serve ranges of the file.</summary>
    /// <value><see langword="null"/> inherits; the built-in value is <see cref="RangeFallback.Throw"/>.</value>
    public RangeFallback? WhenRangesUnsupported { get; set; }

    /// <summary>
    /// The longest file in bytes that <see cref="RangeFallback.Download"/> downloads; from 1 to half of
    /// <see cref="HctefCacheOptions.MemoryBytes"/>, since it lies in the cache as long as it is open. A longer one is
    /// <see cref="RangeNotSupportedException"/>.
    /// </summary>
    /// <value><see langword="null"/> inherits; by default as much as half of the cache holds, for all downloads together.</value>
    public long? MaxDownloadBytes { get; set; }

    /// <summary>What the open file does when its origin serves another version of it.</summary>
    /// <value><see langword="null"/> inherits; the built-in value is <see cref="ChangePolicy.Fail"/>.</value>
    public ChangePolicy? OnChange { get; set; }

    /// <summary>
    /// Renews a signed URL or a token: called when the file opens, when what it gave expires
    /// (<see cref="RefreshResult.ExpiresOn"/>), and when the server answers 401 or 403. Readers who need it wait for one call, and notice
    /// nothing of it; a request that is refused is repeated once. Set in code only.
    /// </summary>
    /// <remarks>
    /// The call may run on any thread and take up to <see cref="HctefTransportOptions.FirstByteTimeout"/>; its token is cancelled then, and
    /// when the container is disposed. What it throws fails the reads that wait, as the inner exception of an
    /// <see cref="HctefException"/>, and the next request calls again. Without <see cref="Partition"/> what the file brings is cached for
    /// this opening alone.
    /// </remarks>
    /// <value><see langword="null"/> inherits; by default nothing is renewed.</value>
    public Func<RefreshContext, CancellationToken, ValueTask<RefreshResult>>? Refresh { get; set; }
}
