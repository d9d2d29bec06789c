using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// The host that serves an open file: the one it was opened on, or the one that redirects led to last. Permits are its, and so are the
/// measures of its replies. Safe for concurrent use: one reference, replaced as a whole.
/// </summary>
internal sealed class ServingHost(HostTable hosts, HostState opened)
{
    private volatile HostState _current = opened;

    public HostState Current => _current;

    /// <summary>Notes who answered a request, and how soon.</summary>
    public void Answered(RangeReply reply, HostPermit permit)
    {
        HostState host = _current;
        if (!host.IsOriginOf(reply.ServedBy))
        {
            _current = host = hosts.Get(reply.ServedBy);
        }

        if (!reply.IsTransientStatus)
        {
            permit.Answered();
        }

        if (reply.Verdict == RangeVerdict.Accepted)
        {
            host.Model.AddFirstByte(reply.FirstByteAfter);
            permit.FirstByte = reply.FirstByteAfter;
        }
    }
}
