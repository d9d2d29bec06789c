using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// The host that serves an open file: the one it was opened on, or the one that redirects led to last. Permits are its, and so are the
/// measures of its replies.
/// </summary>
/// <remarks>
/// Safe for concurrent use: the host is one reference, replaced as a whole; the lock guards the list. A server that leads each request to
/// another host would have as many requests under way as there are readers, each with a permit of a host of its own. So what comes after
/// <see cref="MostHosts"/> counts as the host that the file was opened on.
/// </remarks>
internal sealed class ServingHost(HostTable hosts, HostState opened)
{
    /// <summary>How many hosts of one open file are told apart.</summary>
    public const int MostHosts = 8;

    private readonly Lock _gate = new();

    /// <summary>The one that the file was opened on comes first.</summary>
    private readonly List<HostState> _known = [opened];
    private volatile HostState _current = opened;

    public HostState Current => _current;

    /// <summary>Notes who answered a request, and how soon.</summary>
    public void Answered(RangeReply reply, HostPermit permit)
    {
        HostState host = _current;
        if (!host.IsOriginOf(reply.ServedBy))
        {
            _current = host = Find(reply.ServedBy);
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

    private HostState Find(Uri servedBy)
    {
        lock (_gate)
        {
            HostState? host = _known.Find(known => known.IsOriginOf(servedBy));
            if (host is null && _known.Count < MostHosts)
            {
                host = hosts.Get(servedBy);
                _known.Add(host);
            }

            return host ?? _known[0];
        }
    }
}
