using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Hctef.Tests.Consumers;

/// <summary>Readers that go through the whole file once: every byte is fetched once.</summary>
public sealed class StreamReaderTests
{
    [Fact]
    public async Task GZipStream_decompresses()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("GZipStream", SampleFiles.GZip(), PrefetchDirection.Start);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        await using (var gzip = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true))
        using (var content = new MemoryStream())
        {
            await gzip.CopyToAsync(content);
            Assert.Equal(SampleFiles.Text(), content.ToArray());
        }

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task JsonDocument_parses()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("JsonDocument", SampleFiles.Json(), PrefetchDirection.Start);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        using (JsonDocument document = await JsonDocument.ParseAsync(stream))
            Assert.Equal(SampleFiles.Lines, document.RootElement.GetArrayLength());

        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task Utf8JsonReader_reads_what_a_pipe_brings()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("Utf8JsonReader over PipeReader", SampleFiles.Json(), PrefetchDirection.Start);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        PipeReader pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        JsonReaderState state = default;
        long numbers = 0;
        ReadResult result;
        do
        {
            result = await pipe.ReadAsync();
            pipe.AdvanceTo(Count(result.Buffer, result.IsCompleted, ref state, ref numbers), result.Buffer.End);
        }
        while (!result.IsCompleted);

        Assert.Equal(SampleFiles.Lines, numbers);
        await pipe.CompleteAsync();
        await rig.AssertCostAsync();

        static SequencePosition Count(ReadOnlySequence<byte> bytes, bool isLast, ref JsonReaderState state, ref long numbers)
        {
            var reader = new Utf8JsonReader(bytes, isLast, state);
            while (reader.Read())
                numbers += reader.TokenType == JsonTokenType.Number ? 1 : 0;
            state = reader.CurrentState;
            return reader.Position;
        }
    }

    [Fact]
    public async Task PipeReader_reads_lines()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("PipeReader", SampleFiles.Text(), PrefetchDirection.Start);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        PipeReader pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        int lines = 0;
        ReadResult result;
        do
        {
            result = await pipe.ReadAsync();
            ReadOnlySequence<byte> rest = result.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                Assert.Equal($"line {lines++:D8}", Encoding.ASCII.GetString(rest.Slice(0, end)));
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            pipe.AdvanceTo(rest.Start, rest.End);
        }
        while (!result.IsCompleted);

        Assert.Equal(SampleFiles.Lines, lines);
        await pipe.CompleteAsync();
        await rig.AssertCostAsync();
    }

    [Fact]
    public async Task CopyToAsync_copies()
    {
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("Stream.CopyToAsync", SampleFiles.Text(), PrefetchDirection.Start);
        await using RemoteFileStream stream = await rig.OpenStreamAsync();
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);

        Assert.Equal(SampleFiles.Text(), content.ToArray());
        await rig.AssertCostAsync();
    }
}
