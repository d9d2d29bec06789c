using Hctef.TestServer.Gates;

namespace Hctef.TestServer.Honest;

/// <summary>A gate at a place in the replies of one file.</summary>
internal sealed record Hold(long Offset, ResponseGate Gate, Func<RequestRecord, bool>? AppliesTo)
{
    public bool Stops(RequestRecord request) => !Gate.IsReleased && (AppliesTo is null || AppliesTo(request));
}
