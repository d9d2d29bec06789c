namespace Hctef.Caching.Distributed;

/// <summary>One chunk of one version, within this process.</summary>
/// <param name="Version">A hash of all that tells the version.</param>
/// <param name="Index">The chunk's number.</param>
internal readonly record struct ChunkId(UInt128 Version, long Index);
