namespace Hctef.Fetching;

/// <summary>The last few reads that no stream has gone on from yet. Under the lock of its <see cref="Readahead"/>.</summary>
internal sealed class RecentReads(int count)
{
    private readonly (long Start, long End)[] _reads = new (long, long)[count];
    private int _known;
    private int _next;

    /// <summary>The last read.</summary>
    public (long Start, long End)? Last => _known == 0 ? null : _reads[(_next == 0 ? count : _next) - 1];

    public void Add(long start, long end)
    {
        _reads[_next] = (start, end);
        _next = (_next + 1) % count;
        _known = Math.Min(_known + 1, count);
    }

    /// <summary>The read that one at an offset goes on from.</summary>
    public (long Start, long End)? Find(long start, long near)
    {
        for (int i = 0; i < _known; i++)
        {
            if (_reads[i].Start < start && start >= _reads[i].End - near && start - _reads[i].End <= near)
            {
                return _reads[i];
            }
        }

        return null;
    }
}
