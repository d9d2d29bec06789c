using System.IO.Compression;

namespace Hctef.Tests.Files;

/// <summary>What the stream does as any of .NET's seekable read-only streams, against a <see cref="MemoryStream"/> as the oracle.</summary>
public sealed partial class RemoteFileStreamTests
{
    private const int Length = 10_000;

    private static readonly byte[] Content = TestContent.Create(Length);

    public static TheoryData<StreamKind> Kinds => [StreamKind.InMemory, StreamKind.Foreign, StreamKind.ForeignShortAndLate];

    public static IEnumerable<object[]> Seeds =>
        from kind in Enum.GetValues<StreamKind>() from seed in Enumerable.Range(0, 8) select new object[] { kind, seed };

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task RandomOperationsMatchAMemoryStream(StreamKind kind, int seed)
    {
        using RemoteFileStream stream = Open(kind);
        using var oracle = new MemoryStream(Content, writable: false);
        var random = new Random(seed);
        for (int step = 0; step < 300; step++)
        {
            await StepAsync(stream, oracle, random);
            Assert.Equal(oracle.Position, stream.Position);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ReadSeekTell(StreamKind kind)
    {
        using RemoteFileStream stream = Open(kind);
        byte[] buffer = new byte[100];
        Assert.Equal(0, stream.Position);
        Assert.Equal(100, stream.Read(buffer, 0, 100));
        Assert.Equal(100, stream.Position);
        Assert.Equal(Content[..100], buffer);
        Assert.Equal(5_000, stream.Seek(5_000, SeekOrigin.Begin));
        Assert.Equal(50, stream.Read(buffer, 10, 50));
        Assert.Equal(5_050, stream.Position);
        Assert.Equal(Content[5_000..5_050], buffer[10..60]);
        Assert.Equal(Content[..10], buffer[..10]);
        Assert.Equal(5_040, stream.Seek(-10, SeekOrigin.Current));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SeekRelativeToTheEnd(StreamKind kind)
    {
        using RemoteFileStream stream = Open(kind);
        Assert.Equal(Length - 22, stream.Seek(-22, SeekOrigin.End));
        byte[] tail = new byte[100];
        Assert.Equal(22, stream.Read(tail));
        Assert.Equal(Content[^22..], tail[..22]);
        Assert.Equal(Length, stream.Position);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ReadingPastTheEndReturnsNothing(StreamKind kind)
    {
        using RemoteFileStream stream = Open(kind);
        byte[] buffer = new byte[10];
        foreach (long position in new[] { Length, Length + 1, int.MaxValue + 5L, long.MaxValue })
        {
            stream.Position = position;
            Assert.Equal(0, stream.Read(buffer, 0, 10));
            Assert.Equal(0, stream.Read(buffer.AsSpan()));
            Assert.Equal(0, await stream.ReadAsync(buffer.AsMemory()));
            Assert.Equal(0, await stream.ReadAsync(buffer, 0, 10));
            Assert.Equal(-1, stream.ReadByte());
            stream.CopyTo(Stream.Null);
            await stream.CopyToAsync(Stream.Null);
            Assert.Equal(position, stream.Position);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task CopyToStartsAtThePosition(StreamKind kind)
    {
        using RemoteFileStream stream = Open(kind);
        stream.Position = 1_234;
        using var copied = new MemoryStream();
        stream.CopyTo(copied, 777);
        Assert.Equal(Content[1_234..], copied.ToArray());
        Assert.Equal(Length, stream.Position);

        stream.Position = 4_321;
        using var copiedAsync = new MemoryStream();
        await stream.CopyToAsync(copiedAsync, 777);
        Assert.Equal(Content[4_321..], copiedAsync.ToArray());
        Assert.Equal(Length, stream.Position);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task BeginReadAndEndReadAreARead(StreamKind kind)
    {
        using RemoteFileStream stream = Open(kind);
        byte[] buffer = new byte[500];
        stream.Position = 42;
        Assert.Equal(500, await Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, buffer, 0, 500, null));
        Assert.Equal(Content[42..542], buffer);
        Assert.Equal(542, stream.Position);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task AZipArchiveReadsItsEntries(StreamKind kind)
    {
        using var packed = new MemoryStream();
        using (var writing = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (int i = 0; i < 20; i++)
            {
                using Stream entry = writing.CreateEntry($"folder/{i}.bin").Open();
                entry.Write(Content, i * 100, 100 + i);
            }
        }

        using RemoteFileStream stream = Open(kind, packed.ToArray());
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        Assert.Equal(20, archive.Entries.Count);
        using Stream opened = archive.GetEntry("folder/7.bin")!.Open();
        using var extracted = new MemoryStream();
        await opened.CopyToAsync(extracted);
        Assert.Equal(Content[700..807], extracted.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ABinaryReaderReadsItsNumbers(StreamKind kind)
    {
        using RemoteFileStream stream = Open(kind);
        using var reader = new BinaryReader(stream);
        stream.Position = 77;
        Assert.Equal(BitConverter.ToInt64(Content, 77), reader.ReadInt64());
        Assert.Equal(BitConverter.ToUInt16(Content, 85), reader.ReadUInt16());
        Assert.Equal(Content[87..1_087], reader.ReadBytes(1_000));
        stream.Seek(-2, SeekOrigin.End);
        Assert.Throws<EndOfStreamException>(() => reader.ReadInt32());
    }

    [Fact]
    public void AnEmptyFileIsAtItsEnd()
    {
        using RemoteFileStream stream = new InMemoryRemoteFile(ReadOnlyMemory<byte>.Empty).OpenStream();
        Assert.Equal(0, stream.Length);
        Assert.Equal(-1, stream.ReadByte());
        Assert.Equal(0, stream.Seek(0, SeekOrigin.End));
    }

    private static RemoteFileStream Open(StreamKind kind, byte[]? content = null)
    {
        content ??= Content;
        return kind switch
        {
            StreamKind.InMemory => new InMemoryRemoteFile(content).OpenStream(),
            StreamKind.Foreign => new ForeignFile(content).OpenStream(),
            _ => new ForeignFile(content, mostBytesPerRead: 97) { Late = true }.OpenStream(),
        };
    }

    private static async Task StepAsync(RemoteFileStream stream, MemoryStream oracle, Random random)
    {
        byte[] expected = new byte[random.Next(0, 2_000)];
        byte[] actual = new byte[expected.Length];
        switch (random.Next(8))
        {
            case 0:
                long offset = random.Next(0, Length + 500);
                Assert.Equal(oracle.Seek(offset, SeekOrigin.Begin), stream.Seek(offset, SeekOrigin.Begin));
                return;
            case 1:
                offset = -random.Next(0, Length);
                Assert.Equal(oracle.Seek(offset, SeekOrigin.End), stream.Seek(offset, SeekOrigin.End));
                return;
            case 2:
                offset = random.NextInt64(-oracle.Position, 1_000);
                Assert.Equal(oracle.Seek(offset, SeekOrigin.Current), stream.Seek(offset, SeekOrigin.Current));
                return;
            case 3:
                stream.Position = oracle.Position = random.Next(0, Length);
                return;
            case 4:
                Assert.Equal(oracle.ReadByte(), stream.ReadByte());
                return;
            case 5:
                Assert.Equal(oracle.Read(expected), stream.Read(actual));
                break;
            case 6:
                Assert.Equal(oracle.Read(expected), await stream.ReadAsync(actual.AsMemory()));
                break;
            default:
                int skipped = actual.Length / 3;
                Assert.Equal(
                    oracle.Read(expected, skipped, expected.Length - skipped),
                    await stream.ReadAsync(actual, skipped, actual.Length - skipped));
                break;
        }

        Assert.Equal(expected, actual);
    }
}
