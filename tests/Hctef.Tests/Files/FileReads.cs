using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Reads that tests check against what the server serves.</summary>
internal static class FileReads
{
    /// <summary>Reads bytes and checks each of them.</summary>
    public static async Task AssertReadsAsync(this IRemoteFile file, ServedFile served, long offset, int count, bool sync = false)
    {
        byte[] buffer = new byte[count];
        Assert.Equal(count, await file.ReadAsync(buffer, offset, sync));
        Assert.True(served.Matches(buffer, offset), $"Wrong bytes in {count} at {offset}.");
    }

    /// <summary>Reads by the asynchronous or by the synchronous member.</summary>
    public static Task<int> ReadAsync(this IRemoteFile file, Memory<byte> buffer, long offset, bool sync) =>
        sync
            ? OwnThread.RunAsync(() => file.Read(buffer.Span, offset))
            : file.ReadAsync(buffer, offset).AsTask().WaitAsync(FileRig.HangGuard);

    /// <summary>The cached ranges, each as first-end.</summary>
    public static string CachedText(this IRemoteFile file) =>
        string.Join(' ', file.GetCachedRanges().Select(range => $"{range.Offset}-{range.Offset + range.Length}"));
}
