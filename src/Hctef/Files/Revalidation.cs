using Hctef.Fetching;
using Hctef.Http;

namespace Hctef.Files;

/// <summary>
/// Asks the origin whether an open file is still the one it was, by one byte of it. A reply that is not accepted has the second chances
/// that reads have: one replica that lags, or one cache that errs, is no change.
/// </summary>
internal static class Revalidation
{
    /// <summary>Without <c>If-Match</c>: a 412 would not tell which version is there now.</summary>
    private static readonly RequestForm Usual = new(OmitsIfMatch: true, AsksOriginal: true);

    /// <summary>Returns if it is.</summary>
    /// <exception cref="HctefException">It is another, or the origin does not tell.</exception>
    public static async Task RunAsync(RangeSource source, CancellationToken cancellationToken)
    {
        var request = new OpeningRequest(source.Network, source.Serving, source.Target, source.Counters, source.Version);
        var chances = new SecondChances(source);
        while (true)
        {
            RequestForm form = Usual with { BypassesCaches = SecondChances.FormOf(source, chances).BypassesCaches };
            int strangers = source.Replicas.Strangers;
            (RangeReply reply, HostPermit permit) = await request.SendAsync(source.RangeOf(0, 1), form, cancellationToken).ConfigureAwait(false);
            using (permit)
            using (reply)
            {
                if (reply.Verdict is RangeVerdict.Accepted or RangeVerdict.EmptyFile)
                {
                    source.Replicas.AddPinned(strangers);
                    return;
                }

                await chances.TakeAsync(reply, form, progress: 0, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
