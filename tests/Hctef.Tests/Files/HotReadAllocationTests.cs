using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

/// <summary>A cached read of 4 KiB allocates nothing, whatever way it takes.</summary>
public sealed class HotReadAllocationTests : IAsyncLifetime
{
    private const int Rounds = 2_000;
    private const int Count = 4096;
    private const int Length = 1 << 20;

    private readonly byte[] _buffer = new byte[Count];
    private FileRig _rig = null!;
    private IRemoteFile _file = null!;
    private IRemoteFile _registered = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(register: (builder, server) =>
        {
            _served = server.Add("file.bin", Length);
            builder.AddRemoteFile("file", _served.Uri);
        });
        _registered = _rig.Services.GetRequiredKeyedService<IRemoteFile>("file");
        _file = await _rig.OpenAsync(_served);
        await _file.AssertReadsAsync(_served, 0, Length);
        await _registered.AssertReadsAsync(_served, 0, Length);
    }

    public async Task DisposeAsync()
    {
        _file.Dispose();
        await _rig.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_a_file_allocates_nothing(bool registered)
    {
        IRemoteFile file = registered ? _registered : _file;
        AssertNoAllocation(offset => file.Read(_buffer, offset));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_a_file_asynchronously_allocates_nothing(bool registered)
    {
        IRemoteFile file = registered ? _registered : _file;
        AssertNoAllocation(offset => Completed(file.ReadAsync(_buffer, offset)));
    }

    [Theory]
    [InlineData(false, CursorCaching.Shared)]
    [InlineData(true, CursorCaching.Shared)]
    [InlineData(false, CursorCaching.Private)]
    public void Reading_a_stream_allocates_nothing(bool registered, CursorCaching caching)
    {
        using RemoteFileStream stream = OpenWarm(registered, caching);
        AssertNoAllocation(offset =>
        {
            stream.Position = offset;
            return stream.Read(_buffer);
        });
    }

    [Theory]
    [InlineData(false, CursorCaching.Shared)]
    [InlineData(true, CursorCaching.Shared)]
    [InlineData(false, CursorCaching.Private)]
    public void Reading_a_stream_asynchronously_allocates_nothing(bool registered, CursorCaching caching)
    {
        using RemoteFileStream stream = OpenWarm(registered, caching);
        AssertNoAllocation(offset =>
        {
            stream.Position = offset;
            return Completed(stream.ReadAsync(_buffer));
        });
    }

    private static int Completed(ValueTask<int> read)
    {
        Assert.True(read.IsCompletedSuccessfully);
        return read.Result;
    }

    private RemoteFileStream OpenWarm(bool registered, CursorCaching caching)
    {
        RemoteFileStream stream = (registered ? _registered : _file).OpenStream(caching);
        Assert.Equal(Length, stream.Read(new byte[Length]));
        return stream;
    }

    private void AssertNoAllocation(Func<long, int> read)
    {
        Allocations.AssertNone(() => Run(read));
        Assert.True(_served.Matches(_buffer, (Rounds - 1) * 4801L % (Length - Count)));
    }

    /// <summary>Steps of an odd size, so that reads cross the blocks' edges.</summary>
    private static void Run(Func<long, int> read)
    {
        for (int i = 0; i < Rounds; i++)
        {
            if (read(i * 4801L % (Length - Count)) != Count)
                throw new InvalidOperationException("A hot read was short.");
        }
    }
}
