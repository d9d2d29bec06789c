using Hctef.Diagnostics;
using Hctef.Http;

namespace Hctef.Fetching;

/// <content>Receiving the body of an accepted reply, and the watch over a receive that was given up.</content>
internal sealed partial class RangeTransfer
{
    private static readonly Memory<byte> EndProbe = new byte[1];

    private bool _waited;
    private bool _paused;
    private RangeReply? _receivingFrom;
    private int _receives;

    private async ValueTask ReceiveMeasuredAsync(RangeReply reply, CancellationToken cancellationToken)
    {
        long start = _received;
        (_waited, _paused) = (false, false);
        BodyTime body = _source.Host.Model.BeginBody();
        try
        {
            await ReceiveAsync(reply, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // What lay in the socket's buffer as a whole came while nobody looked.
            body.End(_received - start, isMeasure: _waited && !_paused);
            if (_permit is { } permit)
            {
                permit.Bytes = _received - start;
            }
        }
    }

    private async ValueTask ReceiveAsync(RangeReply reply, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _receivingFrom, reply);
        reply.OnGivenUp = () => _ = WatchPendingReceiveAsync(reply, Volatile.Read(ref _receives));
        if (reply.IsWhole)
        {
            await NarrowAsync(reply, cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            Memory<byte> buffer = _received < reply.End ? _sink.GetBuffer(_received, reply.End) : EndProbe;
            if (buffer.IsEmpty)
            {
                return;
            }

            int count;
            try
            {
                ValueTask<int> receive = reply.ReadAsync(buffer, cancellationToken);
                _waited |= !receive.IsCompleted;
                count = await receive.ConfigureAwait(false);
            }
            catch when (_received == reply.End)
            {
                _received = _sink.Rewind();
                throw;
            }
            finally
            {
                Interlocked.Increment(ref _receives);
            }

            if (count == 0)
            {
                await _sink.ReplyEndedAsync(_received).ConfigureAwait(false);
                return;
            }

            _received += count;
            _source.Counters.CountFetched(count);
            ValueTask<bool> taken = _sink.ReceivedAsync(_received, reply.End, cancellationToken);
            _paused |= !taken.IsCompleted;
            if (!await taken.ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>
    /// A server may answer with less than was asked (RFC 9110, section 14.2), and the rest is asked of it. One that brings less than a
    /// block each time spends retries, or a few bytes a reply could go on for ever.
    /// </summary>
    private void ThrowIfTooShort(RangeReply reply)
    {
        if (_received == reply.End && reply.End < Math.Min(End, reply.AskedEnd) && reply.End - reply.Start < _source.Cache.BlockBytes)
        {
            throw new HctefNetworkException(
                HctefNetworkError.Protocol,
                $"{_source.Target.RedactedUrl} answered only {reply.End - reply.Start} of {End - reply.Start} bytes asked for.",
                isTransient: true);
        }
    }

    /// <summary>A receive was cancelled. If it does not end in time, readers stop waiting; its memory stays with it.</summary>
    private async Task WatchPendingReceiveAsync(RangeReply reply, int receive)
    {
        await Task.Delay(HctefDefaults.CancellationGrace, _source.Network.Time, CancellationToken.None).ConfigureAwait(false);

        // A watch that began late may have counted a receive of the next reply: nobody gave up that one.
        if (Volatile.Read(ref _receives) != receive || Volatile.Read(ref _receivingFrom) != reply || State == FetchState.Closed)
        {
            return;
        }

        var quarantine = new HctefNetworkException(
            HctefNetworkError.Timeout,
            $"A receive from {_source.Target.RedactedUrl} did not end {HctefDefaults.CancellationGrace} after it was cancelled.",
            isTransient: true);
        _source.Network.CountQuarantined();
        TellQuarantine(quarantine);
        FinishOnce(quarantine);
        _permit?.Dispose();
        Stop();
        Log.ReceiveQuarantined(_source.Network.Logger, _source.Target.RedactedUrl, HctefDefaults.CancellationGrace);
    }
}
