namespace Hctef.Benchmarks.Hot;

/// <summary>The public API: a positional, synchronous read.</summary>
internal sealed class HctefHotReader(IRemoteFile file) : IHotReader
{
    public const string ReaderName = "Hctef";

    public string Name => ReaderName;

    public void Read(ref HotOffsets offsets, byte[] buffer, int times)
    {
        for (int i = 0; i < times; i++)
            file.Read(buffer, offsets.Next());
    }
}
