namespace Hctef.Benchmarks.Hot;

/// <summary>Random aligned offsets (xorshift): the same sequence, at the same cost, for all who are compared.</summary>
internal struct HotOffsets(ulong seed)
{
    public const int Bytes = 128 << 20;
    public const int ReadBytes = 4096;

    private ulong _state = (seed * 0x9E3779B97F4A7C15) | 1;

    public int Next()
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)(_state >> 20) & (Bytes - 1) & ~(ReadBytes - 1);
    }
}
