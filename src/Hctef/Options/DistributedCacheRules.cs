using System.Numerics;

namespace Hctef.Options;

/// <summary>What must hold for the options of the distributed tier. Messages never carry the key.</summary>
internal static class DistributedCacheRules
{
    private const int LeastChunkBytes = 16 * 1024;
    private const int MostChunkBytes = 1024 * 1024;

    /// <summary>What is written before a chunk at most.</summary>
    private const int HeadBytes = 256;

    private const int LeastKeyBytes = 16;

    public static void Check(DistributedCacheOptions options, string path, int blockBytes, OptionsProblems problems)
    {
        CheckChunk(options, path + nameof(options.ChunkBytes), blockBytes, problems);
        problems.CheckTime(path + nameof(options.ReadTimeout), options.ReadTimeout);
        if (options.TimeToLive is { } timeToLive)
            problems.CheckAge(path + nameof(options.TimeToLive), timeToLive);
        problems.CheckTimeOrZero(path + nameof(options.TrustSharedMetadataFor), options.TrustSharedMetadataFor);
        if (options.HmacKey is { } key && !IsKey(key))
            problems.Add(path + nameof(options.HmacKey), $"must be the Base64 of at least {LeastKeyBytes} bytes");
        if (options.MaxValueBytes is { } most)
            CheckValue(most, options.ChunkBytes, path + nameof(options.MaxValueBytes), problems);
        if (options.ServiceKey is { } serviceKey && string.IsNullOrWhiteSpace(serviceKey))
            problems.Add(path + nameof(options.ServiceKey), "is blank; leave it out, or give it a value");
    }

    private static void CheckChunk(DistributedCacheOptions options, string option, int blockBytes, OptionsProblems problems)
    {
        int chunk = options.ChunkBytes;
        if (!BitOperations.IsPow2(chunk) || chunk is < LeastChunkBytes or > MostChunkBytes)
            problems.Add(option, $"is {chunk}, but must be a power of two from {LeastChunkBytes} to {MostChunkBytes}");
        else if (options.Enabled && chunk < blockBytes)
            problems.Add(option, $"is {chunk}, but must be at least {nameof(HctefCacheOptions.BlockBytes)}, which is {blockBytes}");
    }

    private static void CheckValue(int most, int chunk, string option, OptionsProblems problems)
    {
        if (most < (long)chunk + HeadBytes)
        {
            problems.Add(
                option,
                $"is {most}, but must be at least {(long)chunk + HeadBytes}: {nameof(DistributedCacheOptions.ChunkBytes)} and {HeadBytes} "
                + "for what is written before it");
        }
    }

    private static bool IsKey(string key) =>
        Convert.TryFromBase64String(key, new byte[key.Length], out int length) && length >= LeastKeyBytes;
}
