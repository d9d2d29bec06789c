using Hctef.Diagnostics;

namespace Hctef.Fetching;

/// <content>What a transfer tells logs, metrics and traces.</content>
internal sealed partial class RangeTransfer
{
    private FetchTelemetry _telemetry;
    private volatile HctefException? _quarantine;

    /// <summary>What tiers bring is no fetch from a host: it is told with the first request, and is the current one in each.</summary>
    private void TellBeginning()
    {
        if (!_telemetry.HasBegun)
        {
            _telemetry = FetchTelemetry.Begin(_source.Network.Metrics, _source.Host.Tags, _source.Network.Time, _received, End);
        }
        else
        {
            _telemetry.Resume();
        }
    }

    private void TellRetry(int attempt, TimeSpan delay, Exception failure)
    {
        bool resumes = _received > First;
        _telemetry.Retries(attempt, delay, resumes);
        if (resumes)
        {
            Log.Resuming(_source.Network.Logger, _source.Target.RedactedUrl, _received, attempt, delay, failure.Message);
        }
        else
        {
            Log.Retrying(_source.Network.Logger, _source.Target.RedactedUrl, attempt, delay, failure.Message);
        }
    }

    /// <summary>A receive is left to itself. For metrics its fetch ends when the receive does: until then it has its connection.</summary>
    private void TellQuarantine(HctefException failure)
    {
        _quarantine = failure;
        NoteFailure(failure);
    }

    private void TellEnd(HctefException? failure)
    {
        if (_quarantine is { } quarantine)
        {
            _telemetry.End(quarantine, cancelled: false);
            return;
        }

        // What was given up has not failed, nor has what may only not be kept here.
        bool cancelled = _stop.IsCancellationRequested || State == FetchState.Closing || failure is NotAdmittedException;
        if (failure is not null && !cancelled)
        {
            NoteFailure(failure);
            TellFailure(failure);
        }

        _telemetry.End(failure, cancelled);
    }

    private void NoteFailure(HctefException failure)
    {
        _source.Counters.LastFailure = new LastFailure(failure, _source.Network.Time.GetUtcNow());
        _source.Failed?.Invoke(failure);
    }

    private void TellFailure(HctefException failure)
    {
        switch (failure)
        {
            case RemoteFileChangedException:
                Log.Changed(_source.Network.Logger, failure.Message);
                break;
            case HctefUrlException:
                Log.Refused(_source.Network.Logger, failure.Message);
                break;
            default:
                Log.FetchFailed(_source.Network.Logger, First, End, failure.Message);
                break;
        }
    }
}
