namespace Hctef.Caching.Disk;

/// <summary>
/// The folder as it was opened last. It is opened by the first who needs it, and anew after a failure: it may have been deleted, or its
/// secret replaced. The lock lets one open it at a time, so that one makes its secret; whoever waits for it would wait for the disk.
/// </summary>
internal sealed class FolderAccess(IDiskFiles files, string path)
{
    private readonly Lock _gate = new();
    private DiskFolder? _folder;
    private int _doubts;
    private int _settled = -1;

    /// <summary>Whether the folder has to be opened before it is used.</summary>
    public bool IsInDoubt => Volatile.Read(ref _settled) != Volatile.Read(ref _doubts);

    public DiskFolder Open()
    {
        lock (_gate)
        {
            int doubts = Volatile.Read(ref _doubts);
            if (_folder is null || _settled != doubts)
            {
                DiskFolder opened = DiskFolder.Open(files, path);

                // The one before stays while its secret does: what was learnt of its packs stays with it.
                _folder = _folder?.Secret.AsSpan().SequenceEqual(opened.Secret) == true ? _folder : opened;
                Volatile.Write(ref _settled, doubts);
            }

            return _folder;
        }
    }

    public void Doubt() => Interlocked.Increment(ref _doubts);
}
