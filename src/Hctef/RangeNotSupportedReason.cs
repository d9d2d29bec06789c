namespace Hctef;

/// <summary>Why a server's files cannot be read by ranges.</summary>
public enum RangeNotSupportedReason
{
    /// <summary>A range request was answered with 200 and the whole file.</summary>
    RangeIgnored,

    /// <summary>Every form of range request was refused (400, 416 or 501).</summary>
    RangeRefused,

    /// <summary>The reply does not tell the length of the file (<c>Content-Range: bytes a-b/*</c>).</summary>
    LengthUnknown,

    /// <summary>The reply carries a content coding, under which offsets count coded bytes.</summary>
    ContentEncoded,
}
