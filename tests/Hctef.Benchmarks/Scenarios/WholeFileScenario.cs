using Hctef.Benchmarks.Clients;
using Hctef.Benchmarks.Networks;
using Hctef.Benchmarks.Server;

namespace Hctef.Benchmarks.Scenarios;

/// <summary>A whole file of 256 MiB through a stream, in reads of 64 KiB.</summary>
internal abstract class WholeFileScenario : WireScenario
{
    private const int ReadBytes = 64 * 1024;

    protected override bool LongRun => true;

    protected override async Task RunAsync(HctefClient client)
    {
        using IRemoteFile file = await client.OpenAsync();
        await using RemoteFileStream stream = file.OpenStream();
        await ReadAllAsync(stream);
    }

    protected override async Task RunAsync(RawClient client)
    {
        await using Stream stream = await client.OpenStreamAsync(ServerFiles.Data);
        await ReadAllAsync(stream);
    }

    protected override void Run(LocalFile file)
    {
        var buffer = new byte[ReadBytes];
        for (long offset = 0; offset < ServerFiles.DataBytes; offset += buffer.Length)
            file.Read(buffer, offset);
    }

    protected override double? GetDemand(NetworkProfile network, double connections) =>
        network.Connect + network.Latency + network.Transfer(ServerFiles.DataBytes, connections);

    /// <summary>Reads to the end without looking at the bytes.</summary>
    protected static async Task ReadUncheckedAsync(Stream stream)
    {
        var buffer = new byte[ReadBytes];
        while (await stream.ReadAsync(buffer) > 0)
        {
            // Only that they come into memory counts.
        }
    }

    private static async Task ReadAllAsync(Stream stream)
    {
        var buffer = new byte[ReadBytes];
        long offset = 0;
        while (await stream.ReadAsync(buffer) is > 0 and int read)
        {
            SampledCheck.Check(buffer.AsSpan(0, read), offset);
            offset += read;
        }

        if (offset != ServerFiles.DataBytes)
            throw new EndOfStreamException();
    }
}
