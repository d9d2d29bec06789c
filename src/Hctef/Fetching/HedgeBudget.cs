namespace Hctef.Fetching;

/// <summary>
/// How many second requests a host may be sent: a token bucket of three in a hundred first ones, at most ten saved up. The first hedge is
/// lent, and paid for by the first requests. Its lock guards it.
/// </summary>
internal sealed class HedgeBudget
{
    private const int Hedge = 100;
    private const int Request = 3;
    private const int MostSaved = 10 * Hedge;

    private readonly Lock _gate = new();
    private int _saved = Hedge;
    private int _owed = Hedge;

    /// <summary>A first request is sent.</summary>
    public void CountRequest()
    {
        lock (_gate)
        {
            if (_owed > 0)
            {
                _owed -= Request;
            }
            else
            {
                _saved = Math.Min(_saved + Request, MostSaved);
            }
        }
    }

    /// <summary>Spends a hedge, if there is one.</summary>
    public bool TrySpend()
    {
        lock (_gate)
        {
            if (_saved < Hedge)
            {
                return false;
            }

            _saved -= Hedge;
            return true;
        }
    }
}
