namespace Hctef.Caching;

/// <summary>Gets what memory evicts of a version, while its bytes are still there: who has not kept them yet can do so then.</summary>
internal interface IVictims
{
    /// <summary>Whether anything of the version is wanted. Asked under the cache's lock, for each block that goes.</summary>
    bool AreWanted { get; }

    /// <summary>Blocks have been evicted. Throws nothing but that memory is out.</summary>
    /// <param name="start">The offset of the first block.</param>
    /// <param name="bytes">The blocks, to be copied before the call returns; behind the end of the file there is anything.</param>
    void Take(long start, ReadOnlyMemory<byte> bytes);
}
