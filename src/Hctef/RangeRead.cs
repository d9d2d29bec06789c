namespace Hctef;

/// <summary>One read of a vectored read: where it starts, and the memory that it fills.</summary>
/// <param name="FileOffset">Offset of the first byte in bytes from the start of the file; at least 0.</param>
/// <param name="Buffer">The memory to fill; its whole length is read.</param>
public readonly record struct RangeRead(long FileOffset, Memory<byte> Buffer);
