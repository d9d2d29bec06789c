namespace Hctef.Benchmarks.Hot;

/// <summary>One way to read. Called by several threads at once, each with a buffer of its own.</summary>
internal interface IHotReader
{
    string Name { get; }

    /// <summary>Reads that many times; the loop is the reader's own, so that no call through this interface is measured.</summary>
    void Read(ref HotOffsets offsets, byte[] buffer, int times);
}
