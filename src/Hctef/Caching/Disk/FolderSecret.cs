using System.Buffers.Binary;
using System.Security.Cryptography;
using Hctef.Caching.Tiers;
using Microsoft.Win32.SafeHandles;

namespace Hctef.Caching.Disk;

/// <summary>
/// The key by which all names in a folder are hashed: magic (8 bytes), 32 random bytes, their CRC-32C. Whoever comes first makes it,
/// whoever loses that race takes the winner's. One that is damaged is replaced: packs of the old one are found by nobody any more, and are
/// evicted in time.
/// </summary>
internal sealed class FolderSecret(IDiskFiles files, string folder)
{
    /// <summary>How the names of secrets that are being written begin.</summary>
    public const string TemporaryPrefix = "secret-";

    private const int KeyBytes = 32;
    private const int Attempts = 4;

    private readonly string _path = Path.Join(folder, "secret");

    private static ReadOnlySpan<byte> Magic => "HCTEFKEY"u8;

    private static int RecordBytes => Magic.Length + KeyBytes + sizeof(uint);

    public byte[] ReadOrCreate()
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryRead() is { } found)
            {
                return found;
            }

            Create();
        }

        throw new IOException("The secret of the folder cannot be kept.");
    }

    private byte[]? TryRead()
    {
        Span<byte> record = stackalloc byte[RecordBytes];
        try
        {
            using SafeFileHandle file = files.Open(_path);
            if (files.GetLength(file) == record.Length && files.Read(file, record, 0) == record.Length && IsSound(record))
            {
                return record.Slice(Magic.Length, KeyBytes).ToArray();
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        files.Delete(_path);
        return null;
    }

    private static bool IsSound(ReadOnlySpan<byte> record) =>
        record.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(record[^sizeof(uint)..]) == Crc32C.Append(~0u, record[..^sizeof(uint)]);

    private void Create()
    {
        byte[] record = [.. Magic, .. RandomNumberGenerator.GetBytes(KeyBytes), .. new byte[sizeof(uint)]];
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(^sizeof(uint)..), Crc32C.Append(~0u, record.AsSpan(..^sizeof(uint))));
        string temporary = Path.Join(folder, $"{TemporaryPrefix}{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            using (FileStream file = files.CreateNew(temporary))
            {
                files.Write(file, record);
                files.Flush(file);
            }

            files.Rename(temporary, _path);
        }
        catch (Exception)
        {
            files.Delete(temporary);
            if (!IsThere())
            {
                throw;
            }
        }
    }

    /// <summary>Whether somebody else was faster.</summary>
    private bool IsThere()
    {
        try
        {
            files.Open(_path).Dispose();
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
