namespace Hctef.Caching.Disk;

/// <summary>What a look at the header of a pack has shown.</summary>
internal enum PackCondition
{
    Sound,

    /// <summary>It is not what was written: it is deleted.</summary>
    Damaged,

    /// <summary>It is sound, and another version's: its name lies.</summary>
    OtherVersion,

    /// <summary>An older or newer Hctef has written it, and may still use it.</summary>
    OtherFormat,
}
