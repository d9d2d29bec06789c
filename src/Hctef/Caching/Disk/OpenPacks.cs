namespace Hctef.Caching.Disk;

/// <summary>
/// The packs that are open, 64 at most: the one used longest ago is closed for another. The lock guards dictionary and list, which have the
/// same packs; files are opened and closed outside. Who has taken a pack may find it closed when he reads, and takes it anew.
/// </summary>
internal sealed class OpenPacks : IDisposable
{
    private const int Most = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, OpenPack Open)>> _byPath = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Path, OpenPack Open)> _byUse = new();
    private bool _isClosed;

    public OpenPack? Find(string path)
    {
        lock (_gate)
        {
            if (!_byPath.TryGetValue(path, out LinkedListNode<(string Path, OpenPack Open)>? node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Open;
        }
    }

    /// <summary>Enters a pack that was opened, unless another was faster: that one is returned then.</summary>
    public OpenPack Add(string path, OpenPack open)
    {
        OpenPack? surplus = null;
        OpenPack result = open;
        lock (_gate)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<(string Path, OpenPack Open)>? node))
            {
                (result, surplus) = (node.Value.Open, open);
            }
            else if (!_isClosed)
            {
                _byPath.Add(path, _byUse.AddFirst((path, open)));
                if (_byUse.Count > Most)
                {
                    surplus = Take_NeedsLock(_byUse.Last!);
                }
            }
        }

        surplus?.Dispose();
        return result;
    }

    public void Close(string path)
    {
        OpenPack? closed = null;
        lock (_gate)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<(string Path, OpenPack Open)>? node))
            {
                closed = Take_NeedsLock(node);
            }
        }

        closed?.Dispose();
    }

    public void Dispose()
    {
        List<OpenPack> closed = [];
        lock (_gate)
        {
            _isClosed = true;
            while (_byUse.Last is { } last)
            {
                closed.Add(Take_NeedsLock(last));
            }
        }

        closed.ForEach(static open => open.Dispose());
    }

    private OpenPack Take_NeedsLock(LinkedListNode<(string Path, OpenPack Open)> node)
    {
        _byPath.Remove(node.Value.Path);
        _byUse.Remove(node);
        return node.Value.Open;
    }
}
