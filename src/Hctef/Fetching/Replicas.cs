namespace Hctef.Fetching;

/// <summary>
/// Whether the servers of one open file agree about its version. A file that has changed answers with the new version alone; where replicas
/// disagree, the pinned one comes again, or several others do. The lock guards all; <see cref="Strangers"/> is read without it.
/// </summary>
internal sealed class Replicas
{
    private readonly Lock _gate = new();
    private int _strangers;
    private string? _lastTag;
    private bool _disagree;
    private volatile bool _isGone;

    /// <summary>How many replies of other versions there were.</summary>
    public int Strangers => Volatile.Read(ref _strangers);

    /// <summary>Whether the last search for the pinned version failed: the next reply of another one is not asked again.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    public bool Disagree
    {
        get
        {
            lock (_gate)
            {
                return _disagree;
            }
        }
    }

    /// <summary>A reply carried another strong entity tag.</summary>
    public void AddStranger(string tag)
    {
        lock (_gate)
        {
            _disagree |= _strangers > 0 && !string.Equals(tag, _lastTag, StringComparison.Ordinal);
            _lastTag = tag;
            _strangers++;
        }
    }

    /// <summary>A request that was sent after <paramref name="strangers"/> such replies was answered with the pinned version.</summary>
    public void AddPinned(int strangers)
    {
        if (strangers > 0)
        {
            lock (_gate)
            {
                _disagree = true;
            }

            _isGone = false;
        }
    }
}
