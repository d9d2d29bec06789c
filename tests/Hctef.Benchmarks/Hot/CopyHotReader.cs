namespace Hctef.Benchmarks.Hot;

/// <summary>A copy from memory, with nothing to look up.</summary>
internal sealed class CopyHotReader(PlainMemory memory) : IHotReader
{
    public const string ReaderName = "memory copy";

    public string Name => ReaderName;

    public void Read(ref HotOffsets offsets, byte[] buffer, int times)
    {
        for (int i = 0; i < times; i++)
            memory.Span.Slice(offsets.Next(), buffer.Length).CopyTo(buffer);
    }
}
