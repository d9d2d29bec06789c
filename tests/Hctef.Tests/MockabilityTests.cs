using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Hctef.Tests;

/// <summary>What users' tests stand on: the interfaces can be mocked, and the file in memory behaves as an open one.</summary>
public sealed class MockabilityTests
{
    private const int Length = 10_000;

    /// <summary>What can be done with a file, each as a value or an exception that shows how it went.</summary>
    private static readonly (string Name, Func<IRemoteFile, Task<object?>> Run)[] Uses =
    [
        ("length", static async file => (await file.GetInfoAsync()).Length),
        ("revalidate", static async file => (await file.RevalidateAsync()).EntityTag),
        ("read inside", static file => ReadAsync(file, 100, 500)),
        ("read over the end", static file => ReadAsync(file, Length - 10, 500)),
        ("read at the end", static file => ReadAsync(file, Length, 1)),
        ("read far behind the end", static file => ReadAsync(file, long.MaxValue, 1)),
        ("read nothing", static file => ReadAsync(file, 5, 0)),
        ("read before the start", static file => ReadAsync(file, -1, 1)),
        ("read exactly", static file => Done(file.ReadExactlyAsync(new byte[10], Length - 10))),
        ("read exactly over the end", static file => Done(file.ReadExactlyAsync(new byte[11], Length - 10))),
        ("ranges", static file => Done(file.ReadRangesAsync([new RangeRead(9_000, new byte[10]), new RangeRead(0, new byte[10])]))),
        ("ranges over the end", static file => Done(file.ReadRangesAsync([new RangeRead(Length, new byte[1])]))),
        ("ranges before the start", static file => Done(file.ReadRangesAsync([new RangeRead(-1, new byte[1])]))),
        ("prefetch what is there", static async file => await file.PrefetchAsync([new ByteRange(0, 10)])),
        ("prefetch behind the end", static async file => await file.PrefetchAsync([new ByteRange(Length + 5, 10)])),
        ("prefetch a negative range", static async file => await file.PrefetchAsync([new ByteRange(0, -1)])),
        ("prefetch null", static async file => await file.PrefetchAsync(null!)),
        ("copy", static file => CopyAsync(file, new ByteRange(10, 5_000))),
        ("copy over the end", static file => CopyAsync(file, new ByteRange(Length - 10, 100))),
        ("cancelled read", static async file => await file.ReadAsync(new byte[1], 0, new CancellationToken(canceled: true))),
        ("cancelled info", static async file => await file.GetInfoAsync(new CancellationToken(canceled: true))),
        ("cancelled prefetch", static async file => await file.PrefetchAsync([], new CancellationToken(canceled: true))),
        ("stream to the end", static async file =>
        {
            await using RemoteFileStream stream = await file.OpenStreamAsync();
            stream.Seek(-20, SeekOrigin.End);
            byte[] bytes = new byte[30];
            return (await stream.ReadAsync(bytes), await stream.ReadAsync(bytes), stream.Position, Convert.ToHexString(bytes));
        }),
        ("stream behind the end", static async file =>
        {
            await using RemoteFileStream stream = file.OpenStream(CursorCaching.Private);
            stream.Position = Length + 100;
            return stream.ReadByte();
        }),
        ("stream before the start", static async file =>
        {
            await using RemoteFileStream stream = file.OpenStream();
            return stream.Seek(-1, SeekOrigin.Begin);
        }),
        ("stream is read-only", static async file =>
        {
            await using RemoteFileStream stream = file.OpenStream();
            stream.WriteByte(1);
            return null;
        }),
        ("cached", static file => Task.FromResult<object?>(string.Join(' ', file.GetCachedRanges()))),
    ];

    [Theory]
    [InlineData(typeof(IRemoteFile))]
    [InlineData(typeof(IRangeReaderFactory))]
    public void No_member_has_a_parameter_that_mocks_cannot_take(Type type) =>
        Assert.All(
            type.GetInterfaces().Append(type).SelectMany(static each => each.GetMethods()),
            static method => Assert.All(
                method.GetParameters().Select(static parameter => parameter.ParameterType).Append(method.ReturnType),
                static each => Assert.False(each.IsByRefLike || each.IsByRef, each.Name)));

    [Fact]
    public async Task A_strict_mock_of_every_member_is_injected_in_place_of_a_registered_file()
    {
        var info = new RemoteFileInfo { Length = 3 };
        var statistics = new RemoteFileStatistics { Hits = 1 };
        var file = new Mock<IRemoteFile>(MockBehavior.Strict);
        file.SetupGet(f => f.Uri).Returns(new Uri("https://example.com/"));
        file.Setup(f => f.GetInfoAsync(default)).ReturnsAsync(info);
        file.Setup(f => f.RevalidateAsync(default)).ReturnsAsync(info);
        file.Setup(f => f.ReadAsync(It.IsAny<Memory<byte>>(), 1, default)).ReturnsAsync(2);
        file.Setup(f => f.PrefetchAsync(It.IsAny<IReadOnlyList<ByteRange>>(), default)).ReturnsAsync(4);
        file.Setup(f => f.GetStatistics()).Returns(statistics);
        file.Setup(f => f.GetCachedRanges()).Returns([new ByteRange(0, 1)]);
        var services = new ServiceCollection();
        services.AddHctef().AddRemoteFile("catalog", new Uri("https://example.com/"));
        services.AddKeyedSingleton("catalog", file.Object);
        await using ServiceProvider provider = services.BuildServiceProvider();
        var injected = provider.GetRequiredService<IRangeReaderFactory>().GetFile("catalog");

        Assert.Same(file.Object, injected);
        Assert.Same(info, await injected.GetInfoAsync());
        Assert.Same(info, await injected.RevalidateAsync());
        Assert.Equal(2, await injected.ReadAsync(new byte[2], 1));
        Assert.Equal(4, await injected.PrefetchAsync([]));
        Assert.Equal(statistics, injected.GetStatistics());
        Assert.Single(injected.GetCachedRanges());

        // The container disposes what it holds of the test's.
        file.Setup(f => f.DisposeAsync()).Returns(default(ValueTask));
    }

    [Fact]
    public async Task A_file_in_memory_behaves_as_an_open_one_of_which_every_byte_is_cached()
    {
        await using FileRig rig = await FileRig.StartAsync();
        byte[] content = Files.TestContent.Create(Length);
        ServedFile served = rig.Server.Add("file.bin", content);
        IRemoteFile open = await rig.OpenAsync(served);
        await open.PrefetchAsync([new ByteRange(0, Length)]);
        IRemoteFile inMemory = new InMemoryRemoteFile(content, served.Uri, served.EntityTag);

        await AssertSameAsync(open, inMemory);
        Assert.Equal(open.GetStatistics().BytesServed, inMemory.GetStatistics().BytesServed);
        await open.DisposeAsync();
        await inMemory.DisposeAsync();
        await AssertSameAsync(open, inMemory, "cached");
    }

    private static async Task AssertSameAsync(IRemoteFile open, IRemoteFile inMemory, params string[] except)
    {
        foreach ((string name, Func<IRemoteFile, Task<object?>> run) in Uses.Where(use => !except.Contains(use.Name, StringComparer.Ordinal)))
            Assert.Equal((name, await OutcomeAsync(run, open)), (name, await OutcomeAsync(run, inMemory)));
    }

    private static async Task<object?> OutcomeAsync(Func<IRemoteFile, Task<object?>> run, IRemoteFile file)
    {
        try
        {
            return await Task.Run(() => run(file)).WaitAsync(FileRig.HangGuard);
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
        catch (Exception e)
        {
            return e.GetType();
        }
    }

    private static async Task<object?> ReadAsync(IRemoteFile file, long offset, int count)
    {
        byte[] bytes = new byte[count];
        return (await file.ReadAsync(bytes, offset), Convert.ToHexString(bytes));
    }

    private static async Task<object?> CopyAsync(IRemoteFile file, ByteRange range)
    {
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy, range);
        return Convert.ToHexString(copy.ToArray());
    }

    private static async Task<object?> Done(ValueTask work)
    {
        await work;
        return "done";
    }
}
