namespace Hctef.TestServer.Lying.Http2;

/// <summary>The frames that the lying server reads or writes (RFC 9113, section 6).</summary>
internal enum Http2FrameType : byte
{
    Data = 0x0,
    Headers = 0x1,
    ResetStream = 0x3,
    Settings = 0x4,
    Ping = 0x6,
    GoAway = 0x7,
}
