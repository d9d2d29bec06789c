namespace Hctef.Fetching;

/// <summary>
/// How far ahead of one reader to be. It grows when the reader had to wait, not because it reads in order (as in mountpoint-s3): after
/// the first wait a request's worth, after the second, when that is used up, as much as keeps all permits of the host busy, that is for
/// each of them what travels during one latency, and a request. Under the lock of its <see cref="Readahead"/>.
/// </summary>
/// <remarks>
/// Requests grow with the run, since the latency between two of them on a connection counts the less the larger they are, and shrink
/// again towards the end, so that all connections end together.
/// </remarks>
internal sealed class ReadaheadSize(RangeSource source)
{
    private const long FirstBytes = 256 * 1024;
    private const int Growth = 4;
    private const int StallsToFull = 2;
    private const long LargestStep = 8 * 1024 * 1024;

    private int _stalls;
    private long _stalledTo = long.MinValue;
    private long _pieceBytes;

    /// <summary>This reader's share of the memory for all who read ahead: more would be evicted, by the others' or by its own, before it is read.</summary>
    private long _mostBytes = (long)source.Cache.MostHeld * source.Cache.BlockBytes;

    /// <summary>The bytes ahead that are aimed at.</summary>
    public long Bytes { get; private set; }

    /// <summary>The bytes of one request, of those that are left to ask for at most.</summary>
    public long StepBytes(long left)
    {
        int block = source.Cache.BlockBytes;
        long even = Math.Max(left / source.Host.Gate.Limit, source.Host.Costs.PieceBytes / 2);
        long step = Math.Min(Math.Min(Math.Min(_pieceBytes, even), Bytes / 2), _mostBytes / 2);
        return Math.Max(block, step / block * block);
    }

    /// <summary>The reader has told how far it will go: no need to wait and see.</summary>
    public void Open() => _stalls = StallsToFull;

    /// <summary>The reader has to wait.</summary>
    /// <param name="distance">How far it has come in its direction.</param>
    /// <returns>Whether it is another wait than the last: what that has asked for is on its way, and comes as fast as it can.</returns>
    public bool TryStall(long distance)
    {
        if (distance < _stalledTo)
        {
            return false;
        }

        _stalls++;
        return true;
    }

    /// <summary>How far was asked at the last wait.</summary>
    public void SetStalledTo(long distance) => _stalledTo = distance;

    /// <summary>Computes the aim anew.</summary>
    public void Update(AccessPattern pattern)
    {
        int permits = source.Host.Gate.Limit;
        IHostCosts costs = source.Host.Costs;
        long piece = Math.Max(costs.PieceBytes, Math.Min(pattern.RunBytes / 16, LargestStep));
        _mostBytes = ShareOf(Math.Min(permits * (costs.BytesPerLatency + piece), source.MaxReadaheadBytes));

        // As large as fits, for each permit, into what may be held.
        double fitting = ((double)_mostBytes / permits) - costs.BytesPerLatency;
        _pieceBytes = (long)Math.Max(costs.PieceBytes, Math.Min(piece, fitting));
        double busy = permits * (costs.BytesPerLatency + _pieceBytes);
        long full = (long)Math.Max(FirstBytes, Math.Min(busy, _mostBytes) * source.Runs.Trust);
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

        Bytes = Math.Min(Math.Min(Bytes, full), Math.Min(_mostBytes, source.MaxReadaheadBytes));
    }

    private long ShareOf(double wanted)
    {
        int block = source.Cache.BlockBytes;
        return Math.Max(1, source.Cache.ShareOfHolds((long)wanted / block)) * (long)block;
    }
}
