namespace Hctef;

/// <summary>
/// How surely two replies can be told to carry the same version of a file (RFC 9110, section 8.8): what a change between them
/// would be noticed by.
/// </summary>
public enum RemoteFileConsistency
{
    /// <summary>No strong validator: only size and date are compared, and nothing is kept beyond this open.</summary>
    ThisOpenOnly,

    /// <summary>A <c>Last-Modified</c> that is strong by the reply's own <c>Date</c> (RFC 9110, section 8.8.2.2).</summary>
    StrongDate,

    /// <summary>A strong entity tag: every reply is proved to carry the version that was opened.</summary>
    StrongEntityTag,

    /// <summary>The caller declared the file immutable (<see cref="RemoteFileOptions.Immutable"/>).</summary>
    Immutable,
}
