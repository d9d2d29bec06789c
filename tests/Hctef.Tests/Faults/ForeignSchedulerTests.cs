using Hctef.Tests.Files;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Faults;

/// <summary>What a caller's own scheduler or synchronization context is asked to run for the library: nothing.</summary>
public sealed class ForeignSchedulerTests : IAsyncLifetime
{
    private const int Length = 1 << 20;

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string operation in (string[])["open", "read", "sync", "stream", "ranges", "prefetch", "copy", "revalidate"])
            {
                data.Add(operation, false);
                data.Add(operation, true);
            }

            return data;
        }
    }

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(static options => options.FileDefaults.ReadaheadBytes = null);
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task M7_nothing_comes_back_to_the_caller(string operation, bool asContext)
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_served);
        await using RemoteFileStream stream = file.OpenStream();
        byte[] buffer = new byte[300_000];
        using var thread = new CallerThread();
        await thread.RunAsync(() => Start(operation, file, stream, buffer), asContext).WaitAsync(FileRig.HangGuard);

        if (operation is "read" or "sync" or "stream" or "ranges")
            Assert.True(_served.Matches(buffer, 0));
        Assert.Equal(0, thread.Returns);
    }

    private Task Start(string operation, IRemoteFile file, RemoteFileStream stream, byte[] buffer) => operation switch
    {
        "open" => _rig.Files.OpenAsync(_served.Uri),
        "read" => file.ReadAsync(buffer, 0).AsTask(),
        "sync" => Task.FromResult(file.Read(buffer, 0)),
        "stream" => stream.ReadExactlyAsync(buffer).AsTask(),
        "ranges" => file.ReadRangesAsync([new RangeRead(0, buffer.AsMemory(0, 150_000)), new RangeRead(150_000, buffer.AsMemory(150_000))]).AsTask(),
        "prefetch" => file.PrefetchAsync([new ByteRange(0, Length)]).AsTask(),
        "copy" => file.CopyToAsync(Stream.Null, new ByteRange(0, Length)),
        _ => file.RevalidateAsync().AsTask(),
    };
}
