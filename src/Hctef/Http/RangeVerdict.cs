namespace Hctef.Http;

/// <summary>What a reply to a range request is.</summary>
internal enum RangeVerdict
{
    /// <summary>
    /// A 206 that passed every clause of <see cref="RangeAcceptance"/>, or the 200 of a file that is asked for without a range; its body
    /// may be read.
    /// </summary>
    Accepted,

    /// <summary>The file has no bytes: 416 with <c>*/0</c>, or 200 with length 0.</summary>
    EmptyFile,

    /// <summary>304: the version that was known is still the one; there is no body.</summary>
    NotModified,

    /// <summary>200: the server sends the whole file. At open, where it tells the length, its body may be read.</summary>
    RangeIgnored,

    /// <summary>At open: 400, 416 or 501.</summary>
    RangeRefused,

    /// <summary>A well-formed 206 of another range, which tells the total length; once a version is open, a 206 of that version.</summary>
    Misplaced,

    /// <summary>At open: a 206 that does not tell the total length.</summary>
    LengthUnknown,

    /// <summary>A 200 with a content coding.</summary>
    ContentEncoded,

    /// <summary>The reply is of another version than the pinned one.</summary>
    Changed,

    /// <summary>The reply contradicts the request or itself.</summary>
    Protocol,

    /// <summary>Any other error status.</summary>
    Status,
}
