namespace Hctef.Http;

/// <summary>Sends range requests through an <see cref="HttpClient"/> that is made for one request by its factory.</summary>
internal sealed class RangeClient(HttpClient client, HctefTransportOptions transport, TimeProvider time)
{
    /// <inheritdoc cref="SendAsync(RangeTarget, RequestedRange, Representation?, RequestForm, CancellationToken)"/>
    public Task<RangeReply> SendAsync(
        RangeTarget target, RequestedRange range, Representation? pinned, CancellationToken cancellationToken) =>
        SendAsync(target, range, pinned, default, cancellationToken);

    /// <summary>Asks for a range and judges the reply. The caller disposes the reply.</summary>
    /// <param name="target">The file.</param>
    /// <param name="range">The bytes.</param>
    /// <param name="pinned">The version that the bytes must be of; <see langword="null"/> while the file opens.</param>
    /// <param name="form">How the request departs from the usual one.</param>
    /// <param name="cancellationToken">Gives up the request.</param>
    /// <exception cref="HctefNetworkException">No reply came.</exception>
    public async Task<RangeReply> SendAsync(
        RangeTarget target, RequestedRange range, Representation? pinned, RequestForm form, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var label = new RequestLabel(target, range);
        var context = new RangeRequestContext(target.ForwardHeadersTo)
        {
            Asked = target.Uri,
            BypassesCaches = form.BypassesCaches,
            Redirects = target.Redirects,
            AsksOriginal = pinned is null || form.BypassesCaches || form.AsksOriginal,
        };
        using HttpRequestMessage request = RangeRequest.Create(client, target, range, pinned, form, context);

        // Cancelled by the first byte's timeout or by the caller: one source for both, since every request pays for it.
        using var either = new CancellationTokenSource(transport.FirstByteTimeout, time);
        using CancellationTokenRegistration caller =
            cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), either);
        HttpResponseMessage? response = null;
        long begun = time.GetTimestamp();
        try
        {
            Task<HttpResponseMessage> sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await ((Task)sending).WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            response = await (sending.IsCompleted ? sending : EndCancelledAsync(sending, either.Token)).ConfigureAwait(false);
            HttpRequestMessage sent = response.RequestMessage ?? request;
            RangeJudgement judgement = RangeRequest.FindFlaw(sent, target, context) ?? ReplyClassification.Judge(response, range, pinned, form.Known);
            if (judgement.Verdict is not (RangeVerdict.Accepted or RangeVerdict.NotModified or RangeVerdict.Status))
            {
                context.ForgetReused();
            }

            RangeBody? body = null;
            if (judgement.End > judgement.Start)
            {
                Stream stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
                body = new RangeBody(stream, judgement.End - judgement.Start, transport.IdleTimeout, time, label);
            }

            return new RangeReply(response, judgement, range, body)
            {
                RetryAfter = judgement.Verdict == RangeVerdict.Status ? RetryAfter.Of(response, time) : null,
                FirstByteAfter = time.GetElapsedTime(begun),
                ServedBy = context.ServedBy ?? sent.RequestUri ?? target.Uri,
                CredentialFingerprint = context.CredentialFingerprint ?? CredentialFingerprint.Of(sent, target.Uri),
                VaryFingerprint = judgement.Representation is { } told ? CredentialFingerprint.Of(sent, told.CacheRules.VaryNames) : "",
            };
        }
        catch (Exception failure)
        {
            response?.TryDispose();
            if (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }

            context.ForgetReused();
            if (failure is HctefException)
            {
                throw;
            }

            throw either.IsCancellationRequested ? TimedOut(label, failure) : TransportFailure.OfRequest(failure, label);
        }
    }

    private static async Task DropAsync(Task<HttpResponseMessage> sending)
    {
        await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (sending.IsCompletedSuccessfully)
        {
            (await sending.ConfigureAwait(false)).TryDispose();
        }
    }

    /// <summary>A handler of the user may ignore its token; no memory is lent to it, so that nobody need wait for it for long.</summary>
    private async Task<HttpResponseMessage> EndCancelledAsync(Task<HttpResponseMessage> sending, CancellationToken cancellationToken)
    {
        try
        {
            return await sending.WaitAsync(HctefDefaults.CancellationGrace, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            if (sending.IsCompleted)
            {
                // It ended at the same moment.
                return await sending.ConfigureAwait(false);
            }

            _ = DropAsync(sending);
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private HctefNetworkException TimedOut(RequestLabel label, Exception cause) => new(
        HctefNetworkError.Timeout,
        $"Requesting {label} failed: no reply came within {transport.FirstByteTimeout} (HctefOptions.Transport.FirstByteTimeout).",
        cause,
        isTransient: true);
}
