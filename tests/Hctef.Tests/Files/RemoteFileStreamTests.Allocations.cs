namespace Hctef.Tests.Files;

/// <summary>Reads that complete synchronously allocate nothing.</summary>
public sealed partial class RemoteFileStreamTests
{
    private const int Rounds = 1_000;

    [Fact]
    public void ReadAllocatesNothing()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        byte[] buffer = new byte[4_096];
        AssertNoAllocation(() =>
        {
            stream.Position = 0;
            return stream.Read(buffer, 0, buffer.Length) + stream.Read(buffer.AsSpan());
        });
    }

    [Fact]
    public void ReadByteAllocatesNothing()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        AssertNoAllocation(() =>
        {
            stream.Position = 1;
            return stream.ReadByte();
        });
    }

    [Fact]
    public void ACompletedReadAsyncAllocatesNothing()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        byte[] buffer = new byte[4_096];
        AssertNoAllocation(() =>
        {
            stream.Position = 0;
            ValueTask<int> read = stream.ReadAsync(buffer.AsMemory());
            Assert.True(read.IsCompletedSuccessfully);
            return read.Result;
        });
    }

    [Fact]
    public void ACompletedReadAsyncOfAnArrayReusesItsTask()
    {
        using RemoteFileStream stream = Open(StreamKind.InMemory);
        byte[] buffer = new byte[4_096];
        Task<int> first = stream.ReadAsync(buffer, 0, buffer.Length);
        Task<int> second = stream.ReadAsync(buffer, 0, buffer.Length);
        Assert.Same(first, second);
        Task<int> shorter = stream.ReadAsync(buffer, 0, buffer.Length);
        Assert.NotSame(second, shorter);
        Assert.Equal(Length - 8_192, shorter.Result);
        AssertNoAllocation(() =>
        {
            stream.Position = 0;
            return stream.ReadAsync(buffer, 0, buffer.Length).Result;
        });
    }

    private static void AssertNoAllocation(Func<int> read)
    {
        long sum = 0;
        Allocations.AssertNone(() =>
        {
            for (int i = 0; i < Rounds; i++)
                sum += read();
        });
        Assert.True(sum > 0);
    }
}
