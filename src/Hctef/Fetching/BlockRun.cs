namespace Hctef.Fetching;

/// <summary>Neighbouring blocks of a file, by index; the end is exclusive.</summary>
internal readonly record struct BlockRun(long First, long End)
{
    public long Count => End - First;
}
