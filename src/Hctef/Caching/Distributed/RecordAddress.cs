namespace Hctef.Caching.Distributed;

/// <summary>Which record is meant, but for the generation of its file.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Subject">What it is about, no two alike within a kind. A secret: only keyed hashes of it leave the process.</param>
/// <param name="Index">The chunk's number; zero for other kinds.</param>
/// <param name="PayloadBytes">The length of what it holds; the largest length for metadata.</param>
internal readonly record struct RecordAddress(RecordKind Kind, byte[] Subject, long Index, int PayloadBytes)
{
    /// <summary>Whether a payload of so many bytes may be this record's.</summary>
    public bool Fits(int payloadBytes) => Kind is RecordKind.Metadata or RecordKind.TrustedMetadata
        ? payloadBytes <= PayloadBytes
        : payloadBytes == PayloadBytes;
}
