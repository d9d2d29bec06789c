namespace Hctef.Fetching;

/// <summary>The last few reads that no stream has gone on from yet. Under the lock of its <see cref="Readahead"/>.</summary>
internal sealed class RecentReads(int count)
{
    private readonly (long Start, long End)[] _reads = new (long, long)[count];
    private int _added;

    /// <summary>The last read.</summary>
    public (long Start, long End)? Last => _added == 0 ? null : _reads[(_added - 1) % count];

    public void Add(long start, long end) => _reads[_added++ % count] = (start, end);

    /// <summary>The read that one at an offset goes on from.</summary>
    public (long Start, long End)? Find(long start, long near)
    {
        for (int i = 0; i < Math.Min(_added, count); i++)
        {
            if (_reads[i].Start < start && start >= _reads[i].End - near && start - _reads[i].End <= near)
            {
                return _reads[i];
            }
        }

        return null;
    }
}
