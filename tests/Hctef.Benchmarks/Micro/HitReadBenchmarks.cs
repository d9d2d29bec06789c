using BenchmarkDotNet.Attributes;
using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Micro;

/// <summary>Reads of bytes that lie in the cache, by each way there is.</summary>
public class HitReadBenchmarks
{
    private const int FileBytes = 1 << 20;

    private readonly byte[] _buffer = new byte[4096];
    private ServerProcess _server = null!;
    private HctefClient _client = null!;
    private IRemoteFile _file = null!;
    private RemoteFileStream _stream = null!;

    /// <summary>The second lies in two blocks.</summary>
    [Params(8192, 14_000)]
    public long Offset { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _server = await ServerProcess.StartAsync(NetworkProfiles.Get("L0"));
        _client = new HctefClient(_server);
        _file = await _client.OpenAsync();
        await _file.ReadExactlyAsync(new byte[FileBytes], 0);
        _stream = _file.OpenStream();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _stream.DisposeAsync();
        _file.Dispose();
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public int Read() => _file.Read(_buffer, Offset);

    [Benchmark]
    public ValueTask<int> ReadAsync() => _file.ReadAsync(_buffer, Offset);

    [Benchmark]
    public int StreamRead()
    {
        _stream.Position = Offset;
        return _stream.Read(_buffer, 0, _buffer.Length);
    }

    [Benchmark]
    public ValueTask<int> StreamReadAsync()
    {
        _stream.Position = Offset;
        return _stream.ReadAsync(_buffer);
    }
}
