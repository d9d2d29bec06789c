using System.Net;

namespace Hctef;

/// <summary>What <see cref="RemoteFileOptions.Refresh"/> is asked for.</summary>
/// <remarks>A class, not a record: the text of a record would show the URL with its query.</remarks>
public sealed class RefreshContext
{
    /// <summary>The URL of the file as it was opened. A secret, if it is signed.</summary>
    public required Uri Uri { get; init; }

    /// <summary>
    /// The status with which the server refused what is used now, 401 or 403; <see langword="null"/> when the file opens and when what is
    /// used has expired.
    /// </summary>
    public HttpStatusCode? Refused { get; init; }
}
