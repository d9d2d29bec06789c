using Hctef.Http;

namespace Hctef.Fetching;

/// <content>Bytes that are cut out of a reply of the whole file, where the server serves no ranges.</content>
internal sealed partial class RangeTransfer
{
    private async ValueTask NarrowAsync(RangeReply reply, CancellationToken cancellationToken)
    {
        try
        {
            await reply.NarrowToAsync(_received, End, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _source.Counters.CountFetched(reply.SkippedBytes);
            Interlocked.Increment(ref _receives);
        }
    }
}
