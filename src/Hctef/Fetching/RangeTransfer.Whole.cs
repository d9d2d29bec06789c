using Hctef.Http;

namespace Hctef.Fetching;

/// <content>Bytes that are cut out of a reply of the whole file, where the server serves no ranges.</content>
internal sealed partial class RangeTransfer
{
    private async ValueTask NarrowAsync(RangeReply reply, CancellationToken cancellationToken)
    {
        try
        {
            long skipped = await reply.NarrowToAsync(_received, End, cancellationToken).ConfigureAwait(false);
            _source.Counters.CountFetched(skipped);
        }
        finally
        {
            Interlocked.Increment(ref _receives);
        }
    }
}
