namespace Hctef;

/// <summary>What an open file does when its origin serves another version of it than the one that was opened.</summary>
public enum ChangePolicy
{
    /// <summary>Every read that needs bytes of the version that is gone fails; what is cached of it stays readable.</summary>
    Fail,

    /// <summary>
    /// The call that notices fails, and so do those under way; the next one reads the version that the origin serves now. A cursor fails
    /// once, since what it has read was of the other version. Bytes of two versions are never mixed in one read.
    /// </summary>
    Reopen,
}
