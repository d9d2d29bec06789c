using Hctef.Http;

namespace Hctef.Fetching;

/// <summary>
/// Brings the bytes of one range, by as many requests as it takes: permit, request, acceptance, body, retry, resume at the missing
/// byte. It runs by itself; what it brings goes to its sink.
/// </summary>
/// <remarks>
/// One asynchronous run owns every field but those named here. <see cref="Stop"/>, <see cref="Promote"/>, <see cref="Hurry"/> and the
/// watch over a pending receive come from other threads: they only cancel, promote the permit or give it back (both idempotent), end a sleep
/// once, and finish the sink once.
/// <see cref="EndAt"/> comes from others too: the sink gives no memory from that end on, and what was asked beyond it is dropped.
/// </remarks>
internal sealed partial class RangeTransfer : IRetryObserver
{
    private readonly RangeSource _source;
    private readonly ITransferSink _sink;
    private readonly CancellationTokenSource _stop;
    private RangeReply? _openingReply;
    private HostPermit? _permit;
    private int _priority;
    private bool _overdue;
    private volatile TaskCompletionSource? _hurry;
    private SecondChances? _chances;
    private int _state;
    private long _end;
    private long _received;
    private int _finished;
    private volatile bool _hasLeftStarter;

    public RangeTransfer(
        RangeSource source, ITransferSink sink, long start, long end, FetchPriority priority, CancellationToken closing = default)
    {
        _source = source;
        _sink = sink;
        _priority = (int)priority;
        _received = start;
        First = start;
        _end = end;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(source.Network.Stopping, closing);
    }

    public FetchState State => (FetchState)Volatile.Read(ref _state);

    /// <summary>Whether the run goes on by itself: false as long as it may be running inside the call that started it.</summary>
    public bool HasLeftStarter => _hasLeftStarter;

    /// <summary>The first byte to bring.</summary>
    public long First { get; }

    /// <summary>The offset behind the last byte to bring.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>Whole blocks received: a retry that follows one has its full budget again, unless it begins with the file.</summary>
    long IRetryObserver.Progress => _source.IsDownloaded ? 0 : _received / _source.Cache.BlockBytes;

    bool IRetryObserver.TrySpendRetry() => _source.Host.Retries.TrySpend();

    TaskCompletionSource? IRetryObserver.BeginHurriedWait()
    {
        // Before the state says that it sleeps: who sees that can wake it. Once set it stays set.
        _hurry ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _hurry.Task.IsCompleted ? null : _hurry;
    }

    void IRetryObserver.OnRetrying(int attempt, TimeSpan delay, Exception failure)
    {
        SetState(FetchState.Sleeping);
        TellRetry(attempt, delay, failure);

        // After the state: who gives it up at this moment sees it sleeping, or is seen here.
        if (_sink.EndsUnwanted())
        {
            Stop();
        }
    }

    /// <summary>Starts to run; with the reply and the permit of the opening request where it has brought the first of the bytes.</summary>
    public void Start(RangeReply? openingReply = null, HostPermit? permit = null)
    {
        _openingReply = openingReply;
        _permit = permit;
        if (SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default)
        {
            _ = RunAsync();
        }
        else
        {
            // A user's handler that returns to the caller's context would wait for a thread that a synchronous read is blocking.
            _ = Task.Run(RunAsync);
        }

        _hasLeftStarter = true;
    }

    /// <summary>Ends earlier: others bring the bytes from there on, of which none was received and for which no memory was given.</summary>
    public void EndAt(long end) => Volatile.Write(ref _end, end);

    /// <summary>A reader waits for the bytes now: the permit is demand's from here on, also if it is held or waited for already.</summary>
    public void Promote()
    {
        // Each side writes its own before it reads the other's, with a full fence between: the run publishes its permit and then reads the
        // priority. So one of the two sees the other.
        if (Interlocked.Exchange(ref _priority, (int)FetchPriority.Demand) != (int)FetchPriority.Demand)
        {
            Volatile.Read(ref _permit)?.Promote();
        }
    }

    /// <summary>
    /// A reader has come while the transfer sleeps before a retry. The wait ends, once in its life, if it was not the server who asked for it.
    /// </summary>
    public void Hurry()
    {
        if (State == FetchState.Sleeping)
        {
            _hurry?.TrySetResult();
        }
    }

    /// <summary>
    /// Leaves its way if it waits, for its permit or before a retry, and sends nothing more: the caller stops it then. False when a request
    /// may be under way.
    /// </summary>
    public bool TryStopWaiting()
    {
        int current = Volatile.Read(ref _state);
        while ((FetchState)current is FetchState.Queued or FetchState.Sleeping)
        {
            int seen = Interlocked.CompareExchange(ref _state, (int)FetchState.Closing, current);
            if (seen == current)
            {
                return true;
            }

            current = seen;
        }

        return false;
    }

    /// <summary>Cancels. The sink is finished and ended when the pending receive has ended.</summary>
    public void Stop()
    {
        SetState(FetchState.Closing);
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run has ended by itself at this moment.
        }
        catch (AggregateException)
        {
            // A user's handler has thrown when it was cancelled. The request is cancelled, and who gives it up has others to look after.
        }
    }

    private async Task RunAsync()
    {
        HctefException? failure = null;
        try
        {
            if (_source.Network.Transport.TotalTimeout is { } total)
            {
                await BringAllWithinAsync(total).ConfigureAwait(false);
            }
            else
            {
                await BringAllAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            failure = Translate(exception);
        }
        finally
        {
            // None of these throws: replies, loggers, metrics and activities keep to themselves what users' code throws there.
            _openingReply?.Dispose();
            _runAhead?.Dispose();
            _permit?.Dispose();
            TellEnd(failure);
            FinishOnce(failure);
            SetState(FetchState.Closed);
            _stop.Dispose();

            // Last: the reader may go on inside it.
            _sink.Ended();
        }
    }

    private async Task BringAllWithinAsync(TimeSpan total)
    {
        using var deadline = new CancellationTokenSource(total, _source.Network.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, deadline.Token);
        try
        {
            await BringAllAsync(either.Token).ConfigureAwait(false);
        }
        finally
        {
            _overdue = deadline.IsCancellationRequested;
        }
    }

    private async Task BringAllAsync(CancellationToken cancellationToken)
    {
        await LeaveOpeningReplyAsync(cancellationToken).ConfigureAwait(false);
        while (_received < End)
        {
            bool taken = _openingReply is null
                && _source.Tiers is { } tiers
                && await TakeFromTiersAsync(tiers, cancellationToken).ConfigureAwait(false);
            if (!taken)
            {
                await RequestAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask RequestAsync(CancellationToken cancellationToken)
    {
        TellBeginning();
        await _source.Network.Retry
            .ExecuteAsync(static (transfer, cancellation) => transfer.AttemptAsync(cancellation), this, cancellationToken)
            .ConfigureAwait(false);
    }

    private async ValueTask AttemptAsync(CancellationToken cancellationToken)
    {
        await _sink.WantedAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using RangeReply? reply = await AskAsync(cancellationToken).ConfigureAwait(false);
            if (reply is null || _race?.TryWinForOrigin() == false)
            {
                return;
            }

            await ReceiveMeasuredAsync(reply, cancellationToken).ConfigureAwait(false);
            ThrowIfTooShort(reply);
        }
        catch (HctefException failure)
        {
            _permit?.Failed(failure);
            throw;
        }
        finally
        {
            // A sleeping retry holds no permit.
            _permit?.Dispose();
            _permit = null;
        }
    }

    /// <summary>Null when nothing is missing any more: the rest was taken over while the permit or the retry was waited for.</summary>
    private async ValueTask<RangeReply?> AskAsync(CancellationToken cancellationToken)
    {
        if (_openingReply is { } opening)
        {
            _openingReply = null;
            SetState(FetchState.Open);
            return opening;
        }

        SetState(FetchState.Queued);
        var permit = new HostPermit(_source.Host.Gate, FetchPriority.Background, _source.Serving);
        Interlocked.Exchange(ref _permit, permit);
        if (Volatile.Read(ref _priority) == (int)FetchPriority.Demand)
        {
            permit.Promote();
        }

        await permit.AcquireAsync(cancellationToken).ConfigureAwait(false);
        SetState(FetchState.Open);
        if (State == FetchState.Closing)
        {
            // It was given up as one that waits: its request must not be sent.
            throw new OperationCanceledException();
        }

        if (_received >= End)
        {
            return null;
        }

        permit.Enter(_source.Host, _source.Target);
        RequestedRange range = _source.RangeOf(_received, AskEnd);
        while (true)
        {
            RequestForm form = SecondChances.FormOf(_source, _chances);
            int strangers = _source.Replicas.Strangers;
            RangeReply reply = await SendAsync(range, form, permit, cancellationToken).ConfigureAwait(false);
            permit = _permit!;
            _source.Serving.Answered(reply, permit);
            if (reply.Verdict == RangeVerdict.Accepted)
            {
                SecondChances.Accepted(_source, form, strangers);
                ThrowIfNotAdmitted(reply);
                return reply;
            }

            using (reply)
            {
                _chances ??= new SecondChances(_source);
                await _chances.TakeAsync(reply, form, _received / _source.Cache.BlockBytes, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void ThrowIfNotAdmitted(RangeReply reply)
    {
        // What is read past the cache is asked only for whether the way back is free, and for whether tiers may have it.
        if (_source.Admission is { } admission && (_sink.IsShared || admission.IsRefused || _source.Tiers is not null) && !admission.Admits(reply, _source.Closing) && _sink.IsShared)
        {
            reply.Dispose();
            throw new NotAdmittedException(_source.Target.RedactedUrl);
        }
    }

    private Task<RangeReply> SendAsync(RequestedRange range, RequestForm form, HostPermit permit, CancellationToken cancellationToken) =>
        _source.Network.Hedges && !range.IsWhole
            ? SendHedgedAsync(range, form, permit, cancellationToken)
            : _source.Network.SendAsync(_source.Target, range, _source.Version, form, _source.Counters, cancellationToken);

    private async Task<RangeReply> SendHedgedAsync(
        RequestedRange range, RequestForm form, HostPermit permit, CancellationToken cancellationToken)
    {
        (RangeReply reply, _permit) = await new HedgedRequest(_source, range, form).SendAsync(permit, cancellationToken).ConfigureAwait(false);
        return reply;
    }

    private void FinishOnce(HctefException? failure)
    {
        if (Interlocked.Exchange(ref _finished, 1) == 0)
        {
            _sink.Finished(failure);
        }
    }

    private HctefException Translate(Exception exception) => exception switch
    {
        HctefException known => known,
        OperationCanceledException when _overdue && !_stop.IsCancellationRequested => new HctefNetworkException(
            HctefNetworkError.Timeout,
            $"Fetching from {_source.Target.RedactedUrl} took more than {_source.Network.Transport.TotalTimeout} in all (HctefOptions.Transport.TotalTimeout).",
            exception,
            isTransient: true),
        OperationCanceledException => new HctefException($"Fetching from {_source.Target.RedactedUrl} was stopped.", exception),
        _ => new HctefNetworkException(
            HctefNetworkError.Unknown, $"Fetching from {_source.Target.RedactedUrl} failed: {exception.GetType().Name}.", exception),
    };

    private void SetState(FetchState state)
    {
        // Closing is left for closed only: the run may be on its way to its next state when it is stopped.
        int current = Volatile.Read(ref _state);
        while ((FetchState)current != FetchState.Closed && ((FetchState)current != FetchState.Closing || state == FetchState.Closed))
        {
            int seen = Interlocked.CompareExchange(ref _state, (int)state, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }
}
