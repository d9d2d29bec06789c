using Hctef.Caching.Tiers;
using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Hctef.Caching.Disk;

/// <summary>
/// Opens packs and reads blocks from them. Nothing is believed: the header is verified whenever a file is opened, and each block whenever
/// it is read. It blocks its thread.
/// </summary>
internal sealed class PackReader(IDiskFiles files, DiskClock clock, TierCounters counters, ILogger logger, TimeSpan? maxAge) : IDisposable
{
    private const int MostBytes = 1024 * 1024;
    private const int UsualHeaderBytes = 4096;

    private readonly OpenPacks _open = new();

    /// <summary>Looks at a pack that was found in a folder.</summary>
    /// <returns><see langword="null"/> if it is of no use for this version.</returns>
    public Pack? Discover(string bucket, PackName name, DateTimeOffset lastWrite, VersionKeys keys)
    {
        TimeSpan now = clock.Now;
        TimeSpan expires = ExpiryOf(name);
        if (expires <= now)
        {
            return null;
        }

        string path = Path.Join(bucket, name.Pack);
        try
        {
            using SafeFileHandle file = files.Open(path);
            return Look(file, path, name.Created, keys) is { } header
                ? new Pack(bucket, name, header, expires, now - clock.AgeOf(lastWrite))
                : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A pack that this process has just written.</summary>
    public Pack? Describe(string bucket, PackName name, byte[] header, long fileBytes, VersionKeys keys) =>
        PackHeader.Parse(header, keys, fileBytes, out _) is { } parsed ? new Pack(bucket, name, parsed, ExpiryOf(name), clock.Now) : null;

    /// <summary>Reads blocks from the first of a run on, and verifies them.</summary>
    /// <returns><see langword="null"/> if the pack is gone or damaged: it is of no use any more.</returns>
    public TierRun? Read(PackRun run, VersionKeys keys, long start, long end)
    {
        long wanted = ((end - 1) / keys.BlockBytes) + 1;
        long behind = Math.Min(Math.Min(run.End, wanted), run.First + Math.Max(1, MostBytes / keys.BlockBytes));

        TierRun blocks = TierRun.Rent(keys.OffsetOf(run.First), (int)keys.BytesOf(run.First, behind));
        try
        {
            if (TryFill(blocks.Bytes.Span, run with { End = behind }, keys))
            {
                MarkUsed(run.Pack);
                TierRun asked = Cut(blocks, start, end);
                blocks = asked == blocks ? null! : blocks;
                return asked;
            }

            return null;
        }
        finally
        {
            blocks?.Dispose();
        }
    }

    /// <summary>Deletes a pack, if that is possible.</summary>
    /// <returns>Whether it is gone.</returns>
    public bool Delete(string path)
    {
        _open.Close(path);
        try
        {
            files.Delete(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Held open by somebody on Windows, or a read-only folder: whoever sweeps next tries again.
            return false;
        }
    }

    /// <summary>Closes a pack that is not used any more.</summary>
    public void Close(string path) => _open.Close(path);

    public void Dispose() => _open.Dispose();

    private TimeSpan ExpiryOf(PackName name)
    {
        if (maxAge is not { } limit)
        {
            return TimeSpan.MaxValue;
        }

        long created = Math.Min(name.Created, DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return clock.Now + (limit - clock.AgeOf(DateTimeOffset.FromUnixTimeSeconds(created)));
    }

    private PackHeader? Look(SafeFileHandle file, string path, long created, VersionKeys keys)
    {
        PackHeader? header = ReadHeader(file, keys, out PackCondition condition);
        if (header is not null && header.Created != created)
        {
            (header, condition) = (null, PackCondition.Damaged);
        }

        if (condition is PackCondition.Damaged or PackCondition.OtherVersion)
        {
            counters.CountRejected();
        }

        if (condition == PackCondition.Damaged)
        {
            Log.DiskCacheDamaged(logger, path);
            Delete(path);
        }

        return header;
    }

    private PackHeader? ReadHeader(SafeFileHandle file, VersionKeys keys, out PackCondition condition)
    {
        condition = PackCondition.Damaged;
        long fileBytes = files.GetLength(file);
        byte[] bytes = new byte[Math.Min(fileBytes, UsualHeaderBytes)];
        int read = files.Read(file, bytes, 0);
        int length = PackHeader.LengthOf(bytes.AsSpan(0, read), out bool isOtherFormat);
        if (length == 0 || length > fileBytes)
        {
            condition = isOtherFormat ? PackCondition.OtherFormat : PackCondition.Damaged;
            return null;
        }

        if (length > read)
        {
            bytes = new byte[length];
            if (files.Read(file, bytes, 0) < length)
            {
                return null;
            }
        }

        PackHeader? header = PackHeader.Parse(bytes.AsSpan(0, length), keys, fileBytes, out bool isOtherVersion);
        if (header is not null)
        {
            condition = PackCondition.Sound;
        }
        else if (isOtherVersion)
        {
            condition = PackCondition.OtherVersion;
        }

        return header;
    }

    private bool TryFill(Span<byte> buffer, PackRun run, VersionKeys keys)
    {
        OpenPack? open = _open.Find(run.Pack.Path) ?? Open(run.Pack, keys);
        for (int attempt = 0; open is not null; attempt++)
        {
            try
            {
                int read = files.Read(open.File, buffer, open.Header.Length + ((long)run.Ordinal * keys.BlockBytes));
                if (read == buffer.Length && IsRight(buffer, run, open.Header, keys))
                {
                    return true;
                }

                counters.CountRejected();
                Log.DiskCacheDamaged(logger, run.Pack.Path);
                Delete(run.Pack.Path);
                return false;
            }
            catch (ObjectDisposedException) when (attempt < 2)
            {
                // Closed for another meanwhile.
                open = Open(run.Pack, keys);
            }
        }

        return false;
    }

    private OpenPack? Open(Pack pack, VersionKeys keys)
    {
        SafeFileHandle file;
        try
        {
            file = files.Open(pack.Path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        PackHeader? header = null;
        try
        {
            header = Look(file, pack.Path, pack.Created, keys);
            if (header is not null && header.Checksum != pack.HeaderChecksum)
            {
                counters.CountRejected();
                header = null;
            }
        }
        finally
        {
            if (header is null)
            {
                file.Dispose();
            }
        }

        return header is null ? null : _open.Add(pack.Path, new OpenPack(file, header));
    }

    private static bool IsRight(ReadOnlySpan<byte> blocks, PackRun run, PackHeader header, VersionKeys keys)
    {
        Span<uint> registers = stackalloc uint[(int)(run.End - run.First)];
        for (int i = 0; i < registers.Length; i++)
        {
            registers[i] = keys.SeedOf(run.First + i);
        }

        Crc32C.AppendBlocks(registers, blocks, keys.BlockBytes);
        return registers.SequenceEqual(header.Checksums.AsSpan(run.Ordinal, registers.Length));
    }

    private void MarkUsed(Pack pack)
    {
        if (!pack.Use(clock.Now))
        {
            return;
        }

        try
        {
            files.Touch(pack.Path, clock.Wall);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is evicted sooner, then.
        }
    }

    /// <summary>What was asked of the blocks; the blocks themselves where that is all of them.</summary>
    private static TierRun Cut(TierRun blocks, long start, long end)
    {
        if (blocks.Start == start && blocks.End <= end)
        {
            return blocks;
        }

        TierRun cut = TierRun.Rent(start, (int)(Math.Min(end, blocks.End) - start));
        blocks.Bytes.Slice((int)(start - blocks.Start), cut.Bytes.Length).CopyTo(cut.Bytes);
        return cut;
    }
}
