namespace Hctef.TestServer.Lying.Http2;

/// <summary>Why a stream or a connection ends (RFC 9113, section 7).</summary>
public enum Http2Error
{
    None = 0x0,
    Internal = 0x2,
    RefusedStream = 0x7,
    Cancel = 0x8,
}
