using System.Numerics;

namespace Hctef.Fetching;

/// <summary>
/// How fast a host's bodies come, by how many come at once: 1, 2 to 3, 4 to 7, and so on. Writers hold the owner's lock; an estimate is
/// one double that is read without it (volatile), so that readers see an old one or a new one, never a mixture.
/// </summary>
internal sealed class BodyRates(TimeProvider time)
{
    /// <summary>The last kind is 64 bodies and more.</summary>
    private const int Kinds = 7;

    /// <summary>
    /// How long a kind is known of which no body comes. Longer than its samples count beside new ones: a host that always sends many bodies
    /// is still compared with how fast fewer were.
    /// </summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    private readonly RateWindow?[] _byParallelism = new RateWindow?[Kinds];

    /// <summary>Notes a body. The caller holds the owner's lock.</summary>
    /// <param name="parallel">How many bodies came at once meanwhile, on average, itself included.</param>
    /// <param name="bytesPerSecond">What this one brought.</param>
    public void Add_NeedsLock(double parallel, double bytesPerSecond)
    {
        ref RateWindow? window = ref _byParallelism[KindOf(parallel)];
        if (window is null)
        {
            Volatile.Write(ref window, new RateWindow(time));
        }

        window.Add(parallel, bytesPerSecond);
        foreach (ref RateWindow? other in _byParallelism.AsSpan())
        {
            if (other?.Age > MaxAge)
            {
                Volatile.Write(ref other, null);
            }
        }
    }

    /// <summary>What each of so many bodies brings; of the nearest known number of them, or null when none is known.</summary>
    public double? BytesPerSecondOf(double parallel)
    {
        int kind = KindOf(parallel);
        for (int distance = 0; distance < Kinds; distance++)
        {
            if ((Known(kind - distance) ?? Known(kind + distance)) is { } known)
            {
                return known.BytesPerSecond;
            }
        }

        return null;
    }

    /// <summary>
    /// Whether more bodies at once bring more: so many, against every smaller number that is known, at least half of what one of the fewer
    /// brought for each that was added. Null when it is not known how fast fewer of them are.
    /// </summary>
    public bool? GrowWith(double parallel)
    {
        RateWindow? many = KnownBelow(KindOf(parallel) + 1, out int kind);
        bool? grow = null;
        while (many is not null && KnownBelow(kind, out kind) is { } few)
        {
            double gain = (many.BytesPerSecond * many.Parallel) - (few.BytesPerSecond * few.Parallel);
            grow = grow != false && gain >= few.BytesPerSecond * (many.Parallel - few.Parallel) / 2;
        }

        return grow;
    }

    private static int KindOf(double parallel) => Math.Min(BitOperations.Log2((uint)Math.Max(1, Math.Round(parallel))), Kinds - 1);

    private RateWindow? Known(int kind) => kind is >= 0 and < Kinds ? Volatile.Read(ref _byParallelism[kind]) : null;

    private RateWindow? KnownBelow(int end, out int kind)
    {
        kind = Math.Min(end, Kinds) - 1;
        while (kind >= 0)
        {
            if (Known(kind) is { } known)
            {
                return known;
            }

            kind--;
        }

        return null;
    }
}
