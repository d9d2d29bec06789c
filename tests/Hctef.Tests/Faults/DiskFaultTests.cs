using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;
using Hctef.Tests.Caching.Disk;
using Hctef.Tests.Samples;

namespace Hctef.Tests.Faults;

/// <summary>Group J: what a disk, its other users, and clocks do to the disk tier. Always the right bytes, or a miss.</summary>
public sealed partial class DiskFaultTests : IDisposable
{
    private const int Block = DiskRig.Block;

    private static readonly VersionIdentity Identity = DiskRig.Identity("a", (6 * Block) + 77);

    private readonly DiskRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(80)]
    [InlineData(Block)]
    [InlineData(5 * Block)]
    public async Task J2_a_pack_that_power_loss_left_short_is_a_miss(int length)
    {
        await _rig.WriteAsync(Identity, 0, Identity.Length);
        using (FileStream file = File.OpenWrite(_rig.Packs[0]))
            file.SetLength(length);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Identity.Length));
        Assert.Empty(_rig.Packs);
    }

    [Fact]
    public async Task J2_a_pack_or_a_secret_of_zeros_is_a_miss()
    {
        await _rig.WriteAsync(Identity, 0, Identity.Length);
        File.WriteAllBytes(_rig.Packs[0], new byte[new FileInfo(_rig.Packs[0]).Length]);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Identity.Length));

        await _rig.WriteAsync(Identity, 0, Identity.Length);
        File.WriteAllBytes(Path.Join(_rig.Own, "secret"), new byte[44]);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Identity.Length));
        await _rig.WriteAsync(Identity, 0, Identity.Length);
        Assert.Equal(Identity.Length, await _rig.ReadAnewAsync(Identity, 0, Identity.Length));
    }

    [Fact]
    public async Task J3_every_flipped_bit_of_a_pack_is_a_miss()
    {
        VersionIdentity identity = DiskRig.Identity("flips", 512 + 30);
        const int SmallBlock = 512;
        DiskTier NewTier() => new(_rig.Options, SmallBlock, _rig.Time, _rig.Logs, _rig.Files, _rig.Hash);
        await using (DiskTier writer = NewTier())
            DiskRig.Offer(writer.Open(identity)!, identity, 0, identity.Length);
        string path = _rig.Packs[0];
        byte[] whole = await File.ReadAllBytesAsync(path);
        await using (DiskTier tier = NewTier())
            Assert.Equal(identity.Length, await DiskRig.ReadAsync(tier.Open(identity)!, identity, 0, identity.Length));

        for (int position = 0; position < whole.Length; position++)
        {
            byte[] damaged = [.. whole];
            damaged[position] ^= (byte)(1 << (position % 8));
            await File.WriteAllBytesAsync(path, damaged);
            await using DiskTier tier = NewTier();
            Assert.Equal(0, await DiskRig.ReadAsync(tier.Open(identity)!, identity, 0, identity.Length));

            // The format's number, in the bytes 8 to 11, says that another Hctef has written it: that is left alone.
            bool isOtherFormat = position is >= 8 and < 12;
            Assert.Equal(isOtherFormat ? 0 : 1, tier.Counters.Rejected);
            Assert.Equal(isOtherFormat, File.Exists(path));
        }
    }

    [Fact]
    public async Task J3_packs_that_change_their_places_are_misses()
    {
        VersionIdentity other = DiskRig.Identity("a", Identity.Length, "\"two\"");
        await _rig.WriteAsync(Identity, 0, Identity.Length);
        string one = _rig.Packs[0];
        await _rig.WriteAsync(other, 0, Identity.Length);
        string two = _rig.Packs.Single(path => path != one);
        byte[] bytes = await File.ReadAllBytesAsync(one);
        await File.WriteAllBytesAsync(one, await File.ReadAllBytesAsync(two));
        await File.WriteAllBytesAsync(two, bytes);

        await using DiskTier tier = _rig.NewTier();
        Assert.Equal(0, await DiskRig.ReadAsync(tier.Open(Identity)!, Identity, 0, Identity.Length));
        Assert.Equal(0, await DiskRig.ReadAsync(tier.Open(other)!, other, 0, Identity.Length));
        Assert.Equal(2, tier.Counters.Rejected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task J3_blocks_that_change_their_places_are_misses(bool isOtherVersion)
    {
        VersionIdentity other = DiskRig.Identity("b", Identity.Length);
        await _rig.WriteAsync(Identity, 0, 6 * Block);
        string one = _rig.Packs[0];
        await _rig.WriteAsync(other, 0, 6 * Block);
        byte[] bytes = await File.ReadAllBytesAsync(one);
        byte[] source = isOtherVersion ? await File.ReadAllBytesAsync(_rig.Packs.Single(path => path != one)) : [.. bytes];
        int data = bytes.Length - (6 * Block);
        source.AsSpan(data + (isOtherVersion ? 0 : Block), Block).CopyTo(bytes.AsSpan(data));
        await File.WriteAllBytesAsync(one, bytes);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Identity.Length));
        Assert.DoesNotContain(one, _rig.Packs);
    }

    [Fact]
    public async Task J3_a_pack_that_took_the_name_of_one_that_is_known_is_a_miss()
    {
        await using DiskTier tier = _rig.NewTier();
        ITierVersion version = tier.Open(Identity)!;
        DiskRig.Offer(version, Identity, 0, Block);
        await tier.FlushAsync();
        string one = _rig.Packs[0];
        DiskRig.Offer(version, Identity, 2 * Block, 3 * Block);
        await tier.FlushAsync();
        File.Move(_rig.Packs.Single(path => path != one), one, overwrite: true);
        Assert.Equal(0, await DiskRig.ReadAsync(version, Identity, 0, Block));
    }

    [Fact]
    public void J4_absurd_numbers_in_a_header_take_no_memory()
    {
        var random = new Random(4);
        VersionKeys keys = KeysOf(Identity);
        byte[] header = PackHeader.Write(keys, [new PackRange(0, 1, 0)], [1], 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int field in new[] { 12, 16, 20, 24, 28, 32, 40, 80, 88 })
        {
            foreach (byte fill in new byte[] { 0xFF, 0x7F, 0x80, 0x01 })
            {
                byte[] absurd = [.. header];
                absurd.AsSpan(field, 4).Fill(fill);
                Assert.False(PackHeader.LengthOf(absurd, out _) > 512 * 1024);
                if (PackHeader.LengthOf(absurd, out _) == absurd.Length)
                {
                    BitConverter.TryWriteBytes(absurd.AsSpan(absurd.Length - 4), Crc32C.Append(~0u, absurd.AsSpan(0, absurd.Length - 4)));
                    PackHeader? parsed = PackHeader.Parse(absurd, keys, header.Length + Block, out _);
                    Assert.True(parsed is null || field == 40);
                }
            }
        }

        for (int i = 0; i < 1000; i++)
        {
            byte[] garbage = new byte[200];
            random.NextBytes(garbage);
            Assert.Equal(0, PackHeader.LengthOf(garbage, out _));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task J10_packs_of_another_format_are_left_alone()
    {
        await _rig.WriteAsync(Identity, 0, Block);
        string path = _rig.Packs[0];
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[8] = 2;
        await File.WriteAllBytesAsync(path, bytes);
        await _rig.WriteAsync(Identity, 0, Block);
        Assert.Equal(Block, await _rig.ReadAnewAsync(Identity, 0, Block));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        Assert.Equal(2, _rig.Packs.Length);
    }

    [Fact]
    public void J10_the_bytes_of_the_format_stay()
    {
        VersionKeys keys = KeysOf(Identity);
        byte[] header = PackHeader.Write(keys, [new PackRange(1, 2, 0), new PackRange(5, 2, 2)], [1, 2, 3, 0x01020304], 0x6543);
        Assert.Equal(
            "48435445465041" + "4B" + "01000000" + "84000000" + "00100000" + "02000000" + "04000000" + "00000000"
                + "4D60000000000000" + "4365000000000000" + Convert.ToHexString(keys.Identity)
                + "0100000000000000" + "0200000000000000" + "0500000000000000" + "0200000000000000"
                + "01000000" + "02000000" + "03000000" + "04030201",
            Convert.ToHexString(header.AsSpan(..^4)));
        Assert.Equal(Crc32C.Append(~0u, header.AsSpan(..^4)), BitConverter.ToUInt32(header.AsSpan(^4..)));

        // RFC 3720, section B.4: 32 bytes of zeros.
        Assert.Equal(0x8A9136AAu, ~Crc32C.Append(~0u, new byte[32]));
        Assert.Equal("97BA546B0D0AD123", Convert.ToHexString(keys.Identity.AsSpan(0, 8)));
    }

    [UnixFact]
    public async Task J13_links_in_the_folder_are_neither_followed_nor_written_through()
    {
        await _rig.WriteAsync(Identity, 0, Block);
        string pack = _rig.Packs[0];
        string outside = Path.Join(_rig.Scratch, "outside");
        Directory.CreateDirectory(outside);
        string treasure = Path.Join(outside, Path.GetFileName(pack));
        File.Move(pack, treasure);
        File.CreateSymbolicLink(pack, treasure);
        File.SetLastWriteTimeUtc(treasure, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        byte[] before = await File.ReadAllBytesAsync(treasure);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Block));

        // A bucket that is a link.
        string bucket = Path.GetDirectoryName(pack)!;
        Directory.Delete(bucket, recursive: true);
        Directory.CreateSymbolicLink(bucket, outside);
        _rig.Options.MaxBytes = 1;
        await _rig.WriteAsync(Identity, 0, Block);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Block));
        Assert.Equal([treasure], Directory.EnumerateFileSystemEntries(outside));
        Assert.Equal(before, await File.ReadAllBytesAsync(treasure));
        Assert.Contains(_rig.Logs.Events, static told => told.Id.Id == 40);
    }

    [UnixFact]
    public async Task J13_a_folder_that_is_a_link_is_refused()
    {
        string outside = Path.Join(_rig.Scratch, "outside");
        Directory.CreateDirectory(outside);
        Directory.CreateSymbolicLink(_rig.Options.Path!, outside);
        await _rig.WriteAsync(Identity, 0, Block);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Block));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
        Assert.Contains(_rig.Logs.Lines, static line => line.Contains("HctefOptions.Cache.Disk.Path", StringComparison.Ordinal));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public async Task J14_files_and_folders_are_for_this_user_alone_and_wider_ones_are_refused()
    {
        _rig.Options.Path = Path.Join(_rig.Scratch, "one", "more", "cache");
        await _rig.WriteAsync(Identity, 0, Block);
        const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.All(
            Directory.EnumerateDirectories(_rig.Scratch, "*", SearchOption.AllDirectories),
            static path => Assert.Equal(Folder, File.GetUnixFileMode(path)));
        Assert.All(_rig.All, static path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));

        // The folder that the user named may be seen by others, its own may not; and none may be written to.
        string path = _rig.Options.Path!;
        File.SetUnixFileMode(path, Folder | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Assert.Equal(Block, await _rig.ReadAnewAsync(Identity, 0, Block));
        File.SetUnixFileMode(path, Folder | UnixFileMode.GroupWrite);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Block));
        File.SetUnixFileMode(path, Folder);
        File.SetUnixFileMode(_rig.Own, Folder | UnixFileMode.OtherRead);
        Assert.Equal(0, await _rig.ReadAnewAsync(Identity, 0, Block));
        Assert.Equal(2, _rig.Logs.Events.Count(static told => told.Id.Id == 40));
    }

    [Fact]
    public async Task J15_versions_whose_names_collide_are_told_apart()
    {
        _rig.Hash = static (key, data) => data.StartsWith("identity\0"u8) ? HMACSHA256.HashData(key, data) : new byte[32];
        VersionIdentity other = DiskRig.Identity("b", Identity.Length);
        await _rig.WriteAsync(Identity, 0, Block);
        await using DiskTier tier = _rig.NewTier();
        Assert.Equal(0, await DiskRig.ReadAsync(tier.Open(other)!, other, 0, Block));
        Assert.Equal(1, tier.Counters.Rejected);
        Assert.Equal(Block, await _rig.ReadAnewAsync(Identity, 0, Block));
    }

    [Fact]
    public async Task J17_keys_that_differ_in_a_byte_name_other_files()
    {
        // What a key is of a URL (without fragment, else exactly as sent) is shown where files are opened.
        await _rig.WriteAsync(Identity, 0, Block);
        foreach (string url in new[] { "example.com/A", "example.com:443/a", "example.com/%61" })
        {
            VersionIdentity other = Identity with { CacheKey = $"https://{url}?signature=secret" };
            Assert.Equal(0, await _rig.ReadAnewAsync(other, 0, Block));
        }

        Assert.Equal(Block, await _rig.ReadAnewAsync(Identity with { }, 0, Block));
        foreach (string path in _rig.All)
        {
            string text = path + Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path));
            Assert.DoesNotContain("example", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"one\"", text, StringComparison.Ordinal);
        }
    }

    private static VersionKeys KeysOf(VersionIdentity identity) => VersionKeys.Of(identity, Block, new byte[32], HMACSHA256.HashData);

    private static void Fail(bool when, Exception failure)
    {
        if (when)
            throw failure;
    }

    private static Exception Failure(string name) => name switch
    {
        "EACCES" => new UnauthorizedAccessException("Permission denied"),
        "EROFS" => new IOException("Read-only file system", 30),
        "EIO" => new IOException("Input/output error", 5),
        "EMFILE" => new IOException("Too many open files", 24),
        "ENAMETOOLONG" => new PathTooLongException(),
        _ => new DirectoryNotFoundException(),
    };
}
