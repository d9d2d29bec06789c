using Microsoft.Win32.SafeHandles;

namespace Hctef.Caching.Disk;

/// <summary>An open file of a pack, and the checksums of its blocks.</summary>
internal sealed record OpenPack(SafeFileHandle File, PackHeader Header) : IDisposable
{
    /// <summary>Reads under way end first: the handle counts them.</summary>
    public void Dispose() => File.Dispose();
}
