using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>One of two requests for the same bytes, with its permit: either its reply is taken, or it is dropped.</summary>
internal sealed class RequestAttempt : IDisposable
{
    private readonly RangeTarget _target;
    private readonly CancellationTokenSource _stop;
    private volatile bool _isAccepted;
    private bool _isDropped;

    public RequestAttempt(RangeSource source, RequestedRange range, RequestForm form, HostPermit permit, CancellationToken cancellationToken)
    {
        Permit = permit;
        _target = source.Target;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Reply = SendAsync(source, range, form);
    }

    public HostPermit Permit { get; }

    public Task<RangeReply> Reply { get; }

    /// <summary>Whether its reply has come and is what was asked for.</summary>
    public bool IsAccepted => _isAccepted;

    /// <summary>Gives up the request or its unread reply, and then its permit. Nobody waits for it.</summary>
    public void Drop()
    {
        _isDropped = true;
        _ = DropAsync();
    }

    public void Dispose()
    {
        if (!_isDropped)
        {
            _stop.Dispose();
        }
    }

    private async Task<RangeReply> SendAsync(RangeSource source, RequestedRange range, RequestForm form)
    {
        RangeReply reply = await source.Network
            .SendAsync(source.Target, range, source.Version, form, source.Counters, _stop.Token)
            .ConfigureAwait(false);
        _isAccepted = reply.Verdict == RangeVerdict.Accepted;
        return reply;
    }

    private async Task DropAsync()
    {
        using (_stop)
        using (Permit)
        {
            try
            {
                // Not waited for: a user's handler may do its work in the cancellation.
                Task cancelling = _stop.CancelAsync();
                using (RangeReply reply = await Reply.ConfigureAwait(false))
                {
                    if (reply.Verdict == RangeVerdict.Status)
                    {
                        Permit.Failed(reply.ToException(_target, pinned: null));
                    }
                }

                await cancelling.ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                // Most often its cancellation. The other reply is the one that counts.
                Permit.Failed(failure);
            }
        }
    }
}
