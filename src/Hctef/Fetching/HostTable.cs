namespace Hctef.Fetching;

/// <summary>
/// The hosts that files were opened on or are served by. At most 1,024 are kept; the one used longest ago that has no request under way is
/// let go first, and found again only as long as an open file keeps it: a second state would give the host a second set of permits.
/// </summary>
/// <remarks>Its lock guards the dictionaries and the order. A host is in one of the dictionaries at most.</remarks>
internal sealed class HostTable(int maxConcurrency, TimeProvider time, int maxRetries = HctefDefaults.MaxRetries)
{
    public const int MaxHosts = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<HostState>> _hosts = new(StringComparer.Ordinal);
    private readonly LinkedList<HostState> _byUse = new();
    private readonly Dictionary<string, WeakReference<HostState>> _letGo = new(StringComparer.Ordinal);
    private int _sweepAt = MaxHosts;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _hosts.Count;
            }
        }
    }

    public HostState Get(Uri uri)
    {
        string origin = uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        lock (_gate)
        {
            if (_hosts.TryGetValue(origin, out LinkedListNode<HostState>? node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }

            if (!_letGo.Remove(origin, out WeakReference<HostState>? known) || !known.TryGetTarget(out HostState? state))
            {
                state = new HostState(uri, origin, maxConcurrency, maxRetries, time);
            }

            _hosts.Add(origin, _byUse.AddFirst(state));
            Trim_NeedsLock();
            return state;
        }
    }

    private void Trim_NeedsLock()
    {
        // A host in use may exceed the bound for as long as its requests last: forgetting it would give it a second set of permits.
        LinkedListNode<HostState>? node = _byUse.Last;
        while (_hosts.Count > MaxHosts && node is not null && node != _byUse.First)
        {
            LinkedListNode<HostState>? previous = node.Previous;
            if (node.Value.Gate.Taken == 0)
            {
                _byUse.Remove(node);
                _hosts.Remove(node.Value.Origin);
                _letGo[node.Value.Origin] = new WeakReference<HostState>(node.Value);
            }

            node = previous;
        }

        SweepIfDue_NeedsLock();
    }

    /// <summary>Drops the names of hosts that nobody keeps. Each costs those let go since the last sweep one step.</summary>
    private void SweepIfDue_NeedsLock()
    {
        if (_letGo.Count < _sweepAt)
        {
            return;
        }

        foreach ((string origin, WeakReference<HostState> host) in _letGo)
        {
            if (!host.TryGetTarget(out _))
            {
                _letGo.Remove(origin);
            }
        }

        _sweepAt = Math.Max(MaxHosts, 2 * _letGo.Count);
    }
}
