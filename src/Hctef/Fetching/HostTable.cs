namespace Hctef.Fetching;

/// <summary>
/// The hosts that files were opened on or are served by, at most 1,024; the one used longest ago that has no request under way is forgotten first. Its
/// lock guards dictionary and order.
/// </summary>
internal sealed class HostTable(int maxConcurrency, TimeProvider time)
{
    public const int MaxHosts = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<HostState>> _hosts = new(StringComparer.Ordinal);
    private readonly LinkedList<HostState> _byUse = new();

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

            var state = new HostState(uri, origin, maxConcurrency, time);
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
            }

            node = previous;
        }
    }
}
