using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// Whether what a file's requests bring may enter the blocks that it shares. Who shares them was decided when the file opened; a handler of
/// the user may send other credentials by now, and a server may say otherwise. From then on no further opening finds the blocks, and as
/// long as others have them open the file reads past the cache.
/// </summary>
/// <param name="isOwn">Whether a reply may be kept among the blocks of the partition that the file was opened in.</param>
/// <param name="withdraw">Lets no further opening find the version, and tells whether only one has it open.</param>
/// <remarks>
/// The flags are written by whoever saw a reply, and nothing depends on their order: a request that a stale value lets through is judged by
/// its own reply.
/// </remarks>
internal sealed class CacheAdmission(Func<RangeReply, bool> isOwn, Func<bool> withdraw)
{
    private volatile bool _isRefused;
    private volatile bool _hasSeenForeign;

    /// <summary>Whether the file reads past the cache at present.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>Whether a reply has come that belongs elsewhere: what the file fetches is kept nowhere but in memory from then on.</summary>
    public bool HasSeenForeign => _hasSeenForeign;

    /// <summary>Judges an accepted reply before its first byte is kept.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="closing">Cancelled before the file that asked gives the version back.</param>
    public bool Admits(RangeReply reply, CancellationToken closing)
    {
        bool own = isOwn(reply);
        if (!own)
        {
            _hasSeenForeign = true;
        }

        if (!own || _isRefused)
        {
            // In this order: who has the version open alone may be another by now, and then the file that asked is closing.
            _isRefused = !withdraw() || closing.IsCancellationRequested;
        }

        return own || !_isRefused;
    }
}
