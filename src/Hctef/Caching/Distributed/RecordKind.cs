namespace Hctef.Caching.Distributed;

/// <summary>What a record in the store holds. The number is part of the record, the letter of its key.</summary>
internal enum RecordKind : byte
{
    /// <summary>A file's generation: what makes all of its other records reachable.</summary>
    Generation = (byte)'g',

    /// <summary>A chunk of a version.</summary>
    Chunk = (byte)'c',

    /// <summary>A version that an origin has shown: what to ask it for.</summary>
    Metadata = (byte)'m',

    /// <summary>The same, for as long as nobody need ask.</summary>
    TrustedMetadata = (byte)'t',
}
