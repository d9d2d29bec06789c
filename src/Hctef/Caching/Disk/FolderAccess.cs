namespace Hctef.Caching.Disk;

/// <summary>
/// The folder as it was opened last. It is opened by the first who needs it, and anew after a failure: it may have been deleted, or its
/// secret replaced. Several may open it at once: all read the same secret, and the first to enter it wins.
/// </summary>
internal sealed class FolderAccess(IDiskFiles files, string path)
{
    private DiskFolder? _folder;
    private int _doubts;
    private int _settled = -1;

    /// <summary>Whether the folder has to be opened before it is used.</summary>
    public bool IsInDoubt => Volatile.Read(ref _settled) != Volatile.Read(ref _doubts);

    public DiskFolder Open()
    {
        if (!IsInDoubt && Volatile.Read(ref _folder) is { } known)
        {
            return known;
        }

        int doubts = Volatile.Read(ref _doubts);
        DiskFolder opened = DiskFolder.Open(files, path);
        while (true)
        {
            // The one before stays while its secret does: what was learnt of its packs stays with it.
            DiskFolder? before = Volatile.Read(ref _folder);
            bool isSame = before is not null && before.Secret.AsSpan().SequenceEqual(opened.Secret);
            if (isSame || Interlocked.CompareExchange(ref _folder, opened, before) == before)
            {
                Volatile.Write(ref _settled, doubts);
                return isSame ? before! : opened;
            }
        }
    }

    public void Doubt() => Interlocked.Increment(ref _doubts);
}
