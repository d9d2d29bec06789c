using Microsoft.Win32.SafeHandles;

namespace Hctef.Benchmarks.Hot;

/// <summary>A local file in the page cache.</summary>
internal sealed class LocalHotReader(SafeFileHandle file) : IHotReader
{
    public const string ReaderName = "RandomAccess";

    public string Name => ReaderName;

    public void Read(ref HotOffsets offsets, byte[] buffer, int times)
    {
        for (int i = 0; i < times; i++)
            RandomAccess.Read(file, buffer, offsets.Next());
    }
}
