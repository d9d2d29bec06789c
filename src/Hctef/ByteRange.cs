namespace Hctef;

/// <summary>A run of bytes of a file.</summary>
/// <param name="Offset">Offset of the first byte in bytes from the start of the file; at least 0.</param>
/// <param name="Length">Number of bytes; at least 0.</param>
public readonly record struct ByteRange(long Offset, long Length);
