namespace Hctef.Diagnostics;

/// <summary>What all files of a registration have counted together, those that are gone too. Nothing of it is on the way of a read.</summary>
/// <remarks>
/// The lock guards everything. Files are known weakly, so that one that nobody has closed can go; but until its counters' finalizer
/// has run, and that moves them, so that sums never fall.
/// </remarks>
internal sealed class CounterTotals
{
    private readonly Lock _gate = new();
    private readonly LinkedList<WeakReference<FileCounters>> _files = new();
    private BlockReads _blocksOfGone;
    private long _bytesOfGone;

    public BlockReads Blocks
    {
        get
        {
            lock (_gate)
            {
                BlockReads sum = _blocksOfGone;
                foreach (WeakReference<FileCounters> file in _files)
                {
                    sum += file.TryGetTarget(out FileCounters? counters) ? counters.Blocks : default;
                }

                return sum;
            }
        }
    }

    public long BytesFetched
    {
        get
        {
            lock (_gate)
            {
                long sum = _bytesOfGone;
                foreach (WeakReference<FileCounters> file in _files)
                {
                    sum += file.TryGetTarget(out FileCounters? counters) ? counters.BytesFetched : 0;
                }

                return sum;
            }
        }
    }

    /// <summary>Files whose counters are alive.</summary>
    public int Files
    {
        get
        {
            lock (_gate)
            {
                return _files.Count;
            }
        }
    }

    public LinkedListNode<WeakReference<FileCounters>> Add(FileCounters file)
    {
        var reference = new WeakReference<FileCounters>(file, trackResurrection: true);
        lock (_gate)
        {
            return _files.AddLast(reference);
        }
    }

    /// <summary>Keeps what counters have counted that are about to go.</summary>
    public void Remove(FileCounters file, LinkedListNode<WeakReference<FileCounters>> node)
    {
        lock (_gate)
        {
            _files.Remove(node);
            _blocksOfGone += file.Blocks;
            _bytesOfGone += file.BytesFetched;
        }
    }
}
