namespace Hctef.Fetching;

/// <summary>
/// How one reader goes through a file, as far as its last reads tell: on towards the end, back towards the start (both with holes
/// and overlaps that are smaller than a gap), or by one stride. Not safe for concurrent use.
/// </summary>
internal sealed class AccessPattern
{
    /// <summary>Reads in a row that tell a direction where there are holes.</summary>
    private const int Convincing = 3;

    /// <summary>Hits are not told of: a few steps of a stride may be missing.</summary>
    private const int MostStrides = 4;

    private readonly long _distance;
    private int _followed = 1;

    /// <summary>Starts with one read.</summary>
    /// <param name="start">Where the first read starts.</param>
    /// <param name="end">Behind its last byte.</param>
    /// <param name="before">Where the read before it started, which did not belong to it but for a stride; null if there was none.</param>
    public AccessPattern(long start, long end, long? before = null)
    {
        Start = RunStart = start;
        End = RunEnd = end;
        _distance = before is { } other ? start - other : 0;
    }

    /// <summary>The last read.</summary>
    public long Start { get; private set; }

    /// <summary>Behind the last read.</summary>
    public long End { get; private set; }

    /// <summary>The lowest offset of all reads that belong together.</summary>
    public long RunStart { get; private set; }

    /// <summary>The offset behind the highest.</summary>
    public long RunEnd { get; private set; }

    /// <summary>The distance of reads that leave holes larger than a gap; 0 if they are dense.</summary>
    public long Stride { get; private set; }

    public bool IsBackward { get; private set; }

    /// <summary>Whether more reads of the kind are to be expected.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>The bytes from the first to the last read; of a stride, and of reads that may lie together by chance, those of one.</summary>
    public long RunBytes => Stride != 0 || !IsConfirmed ? End - Start : RunEnd - RunStart;

    /// <summary>Takes a read for the next of the pattern, if it goes on or back from the last.</summary>
    /// <param name="start">The read's start.</param>
    /// <param name="end">Behind its last byte.</param>
    /// <param name="near">The most bytes between reads that belong together without doubt.</param>
    /// <param name="gap">The most bytes between reads that are worth fetching along.</param>
    public bool TryFollow(long start, long end, long near, long gap)
    {
        if (Stride == 0 && (_followed == 1 || !IsBackward) && start >= LowestForward(gap) && start - End <= gap)
        {
            FollowDense(start, end, backward: false, isNear: start - End <= near);
            return true;
        }

        if (Stride == 0 && (_followed == 1 || IsBackward) && end <= End && Start - end <= gap)
        {
            FollowDense(start, end, backward: true, isNear: Start - end <= near);
            return true;
        }

        return false;
    }

    /// <summary>Takes a read for the next of the pattern, if it is as far from the last as that from the one before it.</summary>
    public bool TryFollowStride(long start, long end)
    {
        // A pattern that was dense has no stride; one that is new has a distance that may become one.
        long distance = start - Start;
        bool goesOn = Stride != 0
            ? distance % Stride == 0 && distance / Stride is >= 1 and <= MostStrides
            : _followed == 1 && _distance != 0 && distance == _distance;
        if (!goesOn)
        {
            return false;
        }

        Stride = _distance;
        IsBackward = Stride < 0;
        IsConfirmed = true;
        _followed++;
        Move(start, end);
        return true;
    }

    /// <summary>Readers side by side that share the work may come a little out of order.</summary>
    private long LowestForward(long gap) => IsConfirmed ? Start - gap : Start;

    private void FollowDense(long start, long end, bool backward, bool isNear)
    {
        IsBackward = backward;
        _followed++;
        IsConfirmed |= isNear || _followed >= Convincing;
        Move(backward ? start : Math.Max(start, Start), backward ? end : Math.Max(end, End));
    }

    private void Move(long start, long end)
    {
        (Start, End) = (start, end);
        RunStart = Math.Min(RunStart, start);
        RunEnd = Math.Max(RunEnd, end);
    }
}
