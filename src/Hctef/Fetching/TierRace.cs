using Hctef.Caching.Tiers;

namespace Hctef.Fetching;

/// <summary>
/// A tier and the origin, asked for the same bytes at once: the tier wins when it has them, the origin when its reply is accepted. The
/// tier's bytes lie in memory of its own, so that only the winner writes where readers look.
/// </summary>
/// <remarks>The winner is one interlocked number, which changes once.</remarks>
internal sealed class TierRace : IDisposable
{
    private const int Nobody = 0;
    private const int Tier = 1;
    private const int Origin = 2;

    private readonly CancellationTokenSource _origin;
    private readonly Task<TierRun?> _read;
    private int _winner;

    public TierRace(ITierVersion tier, long start, long end, CancellationToken cancellationToken)
    {
        _origin = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _read = ReadAsync(tier, start, end, cancellationToken);
    }

    /// <summary>Cancelled when the tier has won.</summary>
    public CancellationToken OriginToken => _origin.Token;

    public bool IsWonByTier => Volatile.Read(ref _winner) == Tier;

    /// <summary>The origin's reply is accepted: whether its body is to be read.</summary>
    public bool TryWinForOrigin() => Interlocked.CompareExchange(ref _winner, Origin, Nobody) is Nobody or Origin;

    /// <summary>Ends the race when the request has ended.</summary>
    /// <returns>What the tier has brought, for the caller to dispose; null if the origin has won, or the tier has nothing.</returns>
    public Task<TierRun?> EndAsync() => Volatile.Read(ref _winner) == Origin ? Task.FromResult<TierRun?>(null) : _read;

    public void Dispose() => _ = DisposeWhenReadAsync();

    private async Task<TierRun?> ReadAsync(ITierVersion tier, long start, long end, CancellationToken cancellationToken)
    {
        TierRun? run = await tier.ReadAsync(start, end, cancellationToken).ConfigureAwait(false);
        if (run?.Start != start || run.End == start || Interlocked.CompareExchange(ref _winner, Tier, Nobody) != Nobody)
        {
            run?.Dispose();
            return null;
        }

        // Not waited for: a user's handler may do its work in the cancellation.
        _ = _origin.CancelAsync();
        return run;
    }

    /// <summary>A source is not disposed under a cancellation; and a run that has won when the transfer was given up is nobody's.</summary>
    private async Task DisposeWhenReadAsync()
    {
        await ((Task)_read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _origin.Dispose();
        if (_read.IsCompletedSuccessfully)
        {
            (await _read.ConfigureAwait(false))?.Dispose();
        }
    }
}
