namespace Hctef.Tests.Files;

/// <summary>Bytes for tests: random by seed, so that every offset is told from others.</summary>
internal static class TestContent
{
    public static byte[] Create(int length, int seed = 1)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }
}
