namespace Hctef;

/// <summary>What a file is asked with from now on; given by <see cref="RemoteFileOptions.Refresh"/>.</summary>
/// <remarks>A class, not a record: the text of a record would show tokens.</remarks>
public sealed class RefreshResult
{
    /// <summary>
    /// The absolute http or https URL that is asked, signed anew, for instance. If its origin (scheme, host, port) is another than the
    /// file's, <see cref="RemoteFileOptions.Headers"/> stay unsent, unless <see cref="RemoteFileOptions.ForwardHeadersTo"/> lists it.
    /// </summary>
    /// <value><see langword="null"/> by default: the URL that was opened.</value>
    public Uri? Url { get; init; }

    /// <summary>
    /// Headers that are sent with every request, to the origin of the URL only; of <see cref="RemoteFileOptions.Headers"/>, those with
    /// other names stay.
    /// </summary>
    /// <value><see langword="null"/> by default: none.</value>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>When this expires: the next request at or after that time asks for a new one.</summary>
    /// <value><see langword="null"/> by default: when the server refuses it.</value>
    public DateTimeOffset? ExpiresOn { get; init; }
}
