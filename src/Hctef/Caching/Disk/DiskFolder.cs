using System.Globalization;

namespace Hctef.Caching.Disk;

/// <summary>
/// The tier's own folder, opened: <c>hctef-1/</c> in the folder that options name (1 is the layout), with the secret and up to 256 buckets
/// <c>00</c> to <c>ff</c>, the first digits of the file keys of the packs in them.
/// </summary>
internal sealed class DiskFolder
{
    private const string LayoutName = "hctef-1";

    private readonly IDiskFiles _files;

    private DiskFolder(IDiskFiles files, string path, byte[] secret)
    {
        (_files, Path, Secret) = (files, path, secret);
    }

    public string Path { get; }

    public byte[] Secret { get; }

    /// <summary>Opens the folder, and makes what is not there yet.</summary>
    /// <exception cref="UntrustedFolderException">The folder is open to others, or a link.</exception>
    public static DiskFolder Open(IDiskFiles files, string path)
    {
        files.CreateFolder(path);
        Trust(files, path, isOwn: false);
        string own = System.IO.Path.Join(path, LayoutName);
        files.CreateFolder(own);
        Trust(files, own, isOwn: true);
        return new DiskFolder(files, own, new FolderSecret(files, own).ReadOrCreate());
    }

    /// <summary>The bucket for packs of a file, made and looked at. The folder itself, with its secret, is not made again here.</summary>
    public string OpenBucket(string fileKey)
    {
        Trust(_files, Path, isOwn: true);
        string bucket = BucketOf(fileKey);
        _files.CreateFolder(bucket);
        Trust(_files, bucket, isOwn: true);
        return bucket;
    }

    public string BucketOf(string fileKey) => System.IO.Path.Join(Path, fileKey[..2]);

    /// <summary>What a bucket has under names that begin so; nothing if there is no bucket.</summary>
    public IEnumerable<DiskEntry> ListBucket(string prefix)
    {
        string bucket = BucketOf(prefix);
        List<DiskEntry> entries = _files.List(bucket, prefix);
        if (entries.Count > 0)
        {
            Trust(_files, bucket, isOwn: true);
        }

        return entries.Where(static entry => entry.Kind == DiskEntryKind.File);
    }

    /// <summary>The paths of all buckets that there are; links are none.</summary>
    public IEnumerable<string> Buckets() => _files.List(Path, "")
        .Where(static entry => entry is { Kind: DiskEntryKind.Folder, Name.Length: 2 }
            && byte.TryParse(entry.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
        .Select(entry => System.IO.Path.Join(Path, entry.Name));

    private static void Trust(IDiskFiles files, string path, bool isOwn)
    {
        if (files.Distrust(path, isOwn) is { } reason)
        {
            throw new UntrustedFolderException(path, reason);
        }
    }
}
