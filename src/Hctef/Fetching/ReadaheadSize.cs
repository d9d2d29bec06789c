namespace Hctef.Fetching;

/// <summary>
/// How far ahead of one reader to be. It grows when the reader had to wait, not because it reads in order (as in mountpoint-s3): after
/// the first wait a request's worth, after the second as much as keeps all permits of the host busy, that is for each of them what
/// travels during one latency, and a piece. Under the lock of its <see cref="Readahead"/>.
/// </summary>
internal sealed class ReadaheadSize(RangeSource source)
{
    private const long FirstBytes = 256 * 1024;
    private const int Growth = 4;
    private const int StallsToFull = 2;

    private int _stalls;

    /// <summary>The bytes ahead that are aimed at.</summary>
    public long Bytes { get; private set; }

    /// <summary>The bytes of one request.</summary>
    public long StepBytes
    {
        get
        {
            int block = source.Cache.BlockBytes;
            long most = Math.Max(1, source.Cache.MostHeld / 2) * (long)block;
            long step = Math.Min(Math.Min(source.Host.Costs.PieceBytes, Bytes / 2), most);
            return Math.Max(block, step / block * block);
        }
    }

    /// <summary>The reader has told how far it will go: no need to wait and see.</summary>
    public void Open() => _stalls = StallsToFull;

    /// <summary>The reader has to wait.</summary>
    public void Stall() => _stalls++;

    /// <summary>Computes the aim anew.</summary>
    public void Update(AccessPattern pattern)
    {
        long full = FullBytes();
        if (_stalls >= StallsToFull)
        {
            // Where runs are known to be short, a long one has to show itself first.
            long expected = source.Runs.ExpectedBytes;
            Bytes = expected == 0 || pattern.RunBytes > 2 * expected ? full : Math.Max(Bytes, Growth * pattern.RunBytes);
        }
        else if (_stalls > 0)
        {
            Bytes = Math.Max(Bytes, Math.Max(FirstBytes, Growth * (pattern.End - pattern.Start)));
        }

        Bytes = Math.Min(Math.Min(Bytes, full), source.MaxReadaheadBytes);
    }

    private long FullBytes()
    {
        IHostCosts model = source.Host.Costs;
        double travelling = model.Latency.TotalSeconds * model.BytesPerSecond;
        return (long)Math.Max(FirstBytes, source.Host.Gate.Limit * (travelling + model.PieceBytes) * source.Runs.Trust);
    }
}
