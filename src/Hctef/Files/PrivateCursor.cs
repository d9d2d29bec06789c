using Hctef.Fetching;

namespace Hctef.Files;

/// <summary>A cursor with blocks of its own, within the shared budget, that are freed when it closes.</summary>
internal sealed class PrivateCursor : CachedCursor
{
    public PrivateCursor(RemoteFile file)
        : this(file, file.Source with { Map = file.Source.Cache.CreateMap(file.Source.Map), Admission = null })
    {
    }

    private PrivateCursor(RemoteFile file, RangeSource source)
        : base(file, source)
    {
    }

    public override FileCursor Clone() => new PrivateCursor(File);

    public override void Dispose()
    {
        base.Dispose();
        Source.Cache.Drop(Source.Map);
    }
}
