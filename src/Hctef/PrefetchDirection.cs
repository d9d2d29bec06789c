namespace Hctef;

/// <summary>Which end of a file the opening request brings.</summary>
public enum PrefetchDirection
{
    /// <summary>The last bytes, where ZIP, Parquet and many other formats keep their directory.</summary>
    End,

    /// <summary>The first bytes, where most other formats keep their header.</summary>
    Start,
}
