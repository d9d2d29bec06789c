using System.Collections;

namespace Hctef.Caching;

/// <summary>
/// A set of bytes kept as sorted, disjoint, non-adjacent ranges (ends exclusive). Lookups are logarithmic; changes cost the number of
/// ranges behind them. Not safe for concurrent use.
/// </summary>
internal sealed class RangeSet : IReadOnlyCollection<(long Start, long End)>
{
    private readonly List<(long Start, long End)> _ranges = [];

    public int Count => _ranges.Count;

    /// <summary>The number of bytes in the set.</summary>
    public long Length => _ranges.Sum(static range => range.End - range.Start);

    public void Add(long start, long end)
    {
        if (start >= end)
        {
            return;
        }

        int first = FirstEndingAtOrAfter(start);
        int last = first;
        while (last < _ranges.Count && _ranges[last].Start <= end)
        {
            start = Math.Min(start, _ranges[last].Start);
            end = Math.Max(end, _ranges[last].End);
            last++;
        }

        _ranges.RemoveRange(first, last - first);
        _ranges.Insert(first, (start, end));
    }

    public void Remove(long start, long end)
    {
        if (start >= end)
        {
            return;
        }

        int first = FirstEndingAtOrAfter(start + 1);
        int last = first;
        while (last < _ranges.Count && _ranges[last].Start < end)
        {
            last++;
        }

        if (first == last)
        {
            return;
        }

        (long head, long tail) = (_ranges[first].Start, _ranges[last - 1].End);
        _ranges.RemoveRange(first, last - first);
        if (tail > end)
        {
            _ranges.Insert(first, (end, tail));
        }

        if (head < start)
        {
            _ranges.Insert(first, (head, start));
        }
    }

    /// <summary>Whether all bytes of a range are in the set.</summary>
    public bool Contains(long start, long end)
    {
        int index = FirstEndingAtOrAfter(start + 1);
        return start >= end || (index < _ranges.Count && _ranges[index].Start <= start && end <= _ranges[index].End);
    }

    /// <summary>The parts of a range that are not in the set, in order.</summary>
    public IEnumerable<(long Start, long End)> Missing(long start, long end)
    {
        for (int index = FirstEndingAtOrAfter(start + 1); start < end; index++)
        {
            (long from, long to) = index < _ranges.Count ? _ranges[index] : (end, end);
            if (from > start)
            {
                yield return (start, Math.Min(from, end));
            }

            start = Math.Max(start, to);
        }
    }

    /// <summary>What the first of the ranges that overlap a part has in common with it; empty if none does.</summary>
    public (long Start, long End) FirstIn(long start, long end)
    {
        int index = FirstEndingAtOrAfter(start + 1);
        return index < _ranges.Count && _ranges[index].Start < end
            ? (Math.Max(start, _ranges[index].Start), Math.Min(end, _ranges[index].End))
            : default;
    }

    public IEnumerator<(long Start, long End)> GetEnumerator() => _ranges.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int FirstEndingAtOrAfter(long offset)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_ranges[middle].End < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
