using Hctef.Benchmarks.Server;
using Hctef.TestServer.Content;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>Compares the first and the last byte of a read with what is served: wrong bytes must not be fast.</summary>
internal static class SampledCheck
{
    public static void Check(ReadOnlySpan<byte> bytes, long offset) => Check(bytes, offset, ServerFiles.DataContent);

    public static void Check(ReadOnlySpan<byte> bytes, long offset, TestContent content)
    {
        if (bytes[0] != content.ByteAt(offset) || bytes[^1] != content.ByteAt(offset + bytes.Length - 1))
            throw new InvalidDataException($"Wrong bytes at {offset}.");
    }
}
