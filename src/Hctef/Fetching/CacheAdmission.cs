using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// Whether what a file's requests bring may enter the blocks that it shares. Who shares them was decided when the file opened; a handler of
/// the user may send other credentials by now, and a server may say otherwise. From then on no further opening finds the blocks, and as
/// long as others have them open the file reads past the cache.
/// </summary>
/// <param name="isOwn">Whether a reply may be kept among the blocks of the partition that the file was opened in.</param>
/// <param name="withdraw">Lets no further opening find the version, and tells whether nobody else has it open.</param>
/// <remarks>
/// The flag is written by whoever saw a reply, and nothing depends on its order: a request that a stale value lets through is judged by
/// its own reply.
/// </remarks>
internal sealed class CacheAdmission(Func<RangeReply, bool> isOwn, Func<bool> withdraw)
{
    private volatile bool _isRefused;

    /// <summary>Whether the file reads past the cache at present.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>Judges an accepted reply before its first byte is kept.</summary>
    public bool Admits(RangeReply reply)
    {
        bool own = isOwn(reply);
        if (!own || _isRefused)
        {
            _isRefused = !withdraw();
        }

        return own || !_isRefused;
    }
}
