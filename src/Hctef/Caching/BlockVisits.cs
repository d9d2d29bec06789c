namespace Hctef.Caching;

/// <summary>
/// How often a block was visited since it came: two bits of count, and one that says that nobody has read it yet. The first visit
/// only clears that bit, so that bytes fetched ahead and read once do not count as hot.
/// </summary>
/// <remarks>
/// Readers change it without a lock; a lost count costs nothing but a little precision. Once a block is hot it is only read, so
/// that its cache line stays shared between cores.
/// </remarks>
internal static class BlockVisits
{
    public const byte Unread = 4;
    private const byte Most = 3;

    /// <summary>Counts a visit.</summary>
    /// <returns>Whether it was the first.</returns>
    public static bool Visit(ref byte visits)
    {
        byte seen = visits;
        if (seen < Most)
        {
            visits = (byte)(seen + 1);
            return false;
        }

        if (seen < Unread)
        {
            return false;
        }

        visits = (byte)(seen - Unread);
        return true;
    }

    public static bool IsUnread(byte visits) => visits >= Unread;

    public static int CountOf(byte visits) => visits & Most;
}
