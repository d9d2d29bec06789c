using Hctef.Diagnostics;

namespace Hctef.Caching.Disk;

/// <summary>Writes packs, one at a time: under a temporary name, flushed, then renamed. A pack is whole, or it is not there.</summary>
internal sealed class PackWriter(
    IDiskFiles files, FolderAccess access, DiskHealth health, DiskSpace space, PackReader reader, DiskClock clock, TierCounters counters)
{
    /// <summary>Writes what a buffer has, or drops it; never throws.</summary>
    public void Write(WriteBuffer buffer)
    {
        long written = 0;
        try
        {
            if (health.MayWrite && !buffer.IsStale)
            {
                written = TryWrite(buffer);
                health.Writing.Succeed();
            }
        }
        catch (Exception exception)
        {
            // Whatever it is, readers have their bytes already.
            counters.CountFailed();
            health.FailWriting(exception);
        }
        finally
        {
            counters.CountWritten(written);
            counters.CountDropped(buffer.Bytes - written);
            buffer.Version.Release(buffer);
            buffer.Blocks.ForEach(static blocks => blocks.Dispose());
        }
    }

    /// <summary>Returns how many of the buffer's bytes were written.</summary>
    private long TryWrite(WriteBuffer buffer)
    {
        DiskFolder folder = access.Open();
        VersionPacks packs = buffer.Version.PacksIn(folder);
        if (packs.IsListingDue)
        {
            packs.List();
        }

        PackContent content = PackContent.Of(buffer.Blocks, packs);
        if (content.Ranges.Length == 0)
        {
            return 0;
        }

        var name = PackName.New(packs.Keys.FileKey, packs.Keys.VersionKey, clock.Wall);
        byte[] header = PackHeader.Write(packs.Keys, content.Ranges, content.Checksums(packs.Keys), name.Created);
        long data = PackHeader.DataBytes(content.Ranges, packs.Keys);
        string bucket = folder.OpenBucket(packs.Keys.FileKey);
        space.MakeRoom(folder, header.Length + data);
        string path = WriteFile(bucket, name, header, content);
        if (reader.Describe(bucket, name, header, header.Length + data, packs.Keys) is { } pack)
        {
            packs.Add(pack);
        }

        // Asked behind the rename: whoever evicts changes the epoch first and then deletes what there is.
        if (buffer.IsStale)
        {
            packs.Forget(other => other.Path == path);
            reader.Delete(path);
        }

        return data;
    }

    private string WriteFile(string bucket, PackName name, byte[] header, PackContent content)
    {
        string temporary = Path.Join(bucket, name.Temporary);
        string path = Path.Join(bucket, name.Pack);
        try
        {
            using (FileStream file = files.CreateNew(temporary))
            {
                files.Write(file, header);
                foreach (ReadOnlyMemory<byte> part in content.Parts)
                {
                    files.Write(file, part.Span);
                }

                files.Flush(file);
            }

            files.Rename(temporary, path);
            return path;
        }
        catch
        {
            reader.Delete(temporary);
            throw;
        }
    }
}
