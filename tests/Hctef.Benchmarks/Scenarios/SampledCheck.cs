using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Compares the first and the last byte of a read with what is served: wrong bytes must not be fast.</summary>
internal static class SampledCheck
{
    public static void Check(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes[0] != ServerFiles.DataContent.ByteAt(offset)
            || bytes[^1] != ServerFiles.DataContent.ByteAt(offset + bytes.Length - 1))
            throw new InvalidDataException($"Wrong bytes at {offset}.");
    }
}
