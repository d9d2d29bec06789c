namespace Hctef.Caching;

/// <summary>Whoever loads blocks: the cache only hands it back to those who ask what loads a block.</summary>
internal interface IBlockLoad
{
    /// <summary>The offset behind the last byte that it loads.</summary>
    long End { get; }
}
