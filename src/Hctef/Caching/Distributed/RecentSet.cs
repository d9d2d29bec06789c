namespace Hctef.Caching.Distributed;

/// <summary>
/// What was added lately, some thousands of it. One set fills while the one before it is still known; the lock guards both.
/// </summary>
/// <typeparam name="T">What is remembered.</typeparam>
internal sealed class RecentSet<T>
    where T : notnull
{
    private const int MostInSet = 4096;

    private readonly Lock _gate = new();
    private HashSet<T> _young = [];
    private HashSet<T> _old = [];

    public bool Contains(T item)
    {
        lock (_gate)
        {
            return _young.Contains(item) || _old.Contains(item);
        }
    }

    /// <summary>Adds an item; false if it was there.</summary>
    public bool Add(T item)
    {
        lock (_gate)
        {
            if (_old.Contains(item))
            {
                return false;
            }

            if (_young.Count == MostInSet)
            {
                (_old, _young) = (_young, []);
            }

            return _young.Add(item);
        }
    }

    public void Remove(T item)
    {
        lock (_gate)
        {
            _young.Remove(item);
            _old.Remove(item);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _young.Clear();
            _old.Clear();
        }
    }
}
