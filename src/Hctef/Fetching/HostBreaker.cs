namespace Hctef.Fetching;

/// <summary>
/// Stops asking a host that answers nobody: after so many failures in a row it is left alone for some seconds, and then asked by one
/// request at a time until one is answered.
/// </summary>
/// <remarks>
/// Polly's circuit breaker knows nothing of files, and would be paid for by each request that succeeds. While nothing fails, this one
/// costs a volatile read. The rules that keep it from calling a host dead that is not:
/// failures of requests that were under way together count once, so that a refused burst is one failure;
/// any answer but a transient error status forgets all, and so do some seconds in which nobody asked;
/// a file that has not failed itself is asked, unless more than three different ones have.
/// The lock guards everything; the count is read without it, too, where zero that is out of date only lets one more request through.
/// </remarks>
internal sealed class HostBreaker(int mostFailures, TimeProvider time)
{
    private const int FewFiles = 3;

    private readonly Lock _gate = new();
    private readonly List<Uri> _failing = [];
    private int _failures;
    private long _lastFailed;
    private long _opened;
    private int _probe;
    private int _lastProbe;

    /// <summary>Asks for leave to send a request for a file.</summary>
    /// <param name="file">The URL that is asked.</param>
    /// <param name="pass">To be given back with the request's outcome, by exactly one of the methods below.</param>
    /// <returns>False to fail without asking.</returns>
    public bool TryEnter(Uri file, out BreakerPass pass)
    {
        pass = default;
        return Volatile.Read(ref _failures) == 0 || TryEnterFailing(file, out pass);
    }

    /// <summary>The host answered, if only to refuse for good.</summary>
    public void Answered()
    {
        if (Volatile.Read(ref _failures) == 0)
        {
            return;
        }

        lock (_gate)
        {
            Forget_NeedsLock();
        }
    }

    /// <summary>No reply came, or a transient error status.</summary>
    public void Failed(BreakerPass pass, Uri file)
    {
        lock (_gate)
        {
            _lastFailed = time.GetTimestamp();
            if (_failing.Count <= FewFiles && !_failing.Contains(file))
            {
                _failing.Add(file);
            }

            if (pass.Probe > 0 && pass.Probe == _probe)
            {
                _probe = 0;
                _opened = _lastFailed;
            }
            else if (pass.Failures == _failures && _failures < mostFailures && ++_failures == mostFailures)
            {
                _opened = _lastFailed;
            }
        }
    }

    /// <summary>The request was given up: nobody knows how it would have ended. The next one may probe instead.</summary>
    public void GivenUp(BreakerPass pass)
    {
        if (pass.Probe == 0)
        {
            return;
        }

        lock (_gate)
        {
            _probe = _probe == pass.Probe ? 0 : _probe;
        }
    }

    private bool TryEnterFailing(Uri file, out BreakerPass pass)
    {
        lock (_gate)
        {
            if (_probe == 0 && time.GetElapsedTime(_lastFailed) > HctefDefaults.HostFailureMemory)
            {
                // Quiet since then: whoever comes has all the retries that were promised.
                Forget_NeedsLock();
            }

            pass = new BreakerPass(_failures);
            if (_failures < mostFailures || (_failing.Count <= FewFiles && !_failing.Contains(file)))
            {
                return true;
            }

            if (_probe > 0 || time.GetElapsedTime(_opened) < HctefDefaults.HostRest)
            {
                return false;
            }

            pass = new BreakerPass(_failures, _probe = ++_lastProbe);
            return true;
        }
    }

    private void Forget_NeedsLock()
    {
        (_failures, _probe) = (0, 0);
        _failing.Clear();
    }
}
