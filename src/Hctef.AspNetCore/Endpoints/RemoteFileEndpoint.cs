using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hctef.AspNetCore.Endpoints;

/// <summary>Answers the requests for one file. Requests share nothing but the file.</summary>
internal sealed class RemoteFileEndpoint(string name, IRemoteFile file, ILogger logger)
{
    /// <summary>A file that is reopened fails the read that notices its change; the next finds the new version.</summary>
    private const int MostAttempts = 2;

    /// <summary>Answers one request; fails for nothing that the origin does, but when the request is given up.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var body = new ReplyBody(context.Response.Body);
        try
        {
            for (int attempt = 1; !await TryServeAsync(context, body, isLast: attempt == MostAttempts).ConfigureAwait(false); attempt++)
                FileHeaders.Withdraw(context.Response);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is (OperationCanceledException or IOException))
        {
            GiveUp(context, body);

            // The client has left, or middleware has given the request up and answers it: a plain return would be an empty reply.
            throw new OperationCanceledException("The request for a remote file was given up.", e, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Fail(context, body, e);
        }
    }

    /// <summary>Serves the version that is open; false if it is gone, and nothing was written yet.</summary>
    private async Task<bool> TryServeAsync(HttpContext context, ReplyBody body, bool isLast)
    {
        try
        {
            await ServeAsync(context, body).ConfigureAwait(false);
            return true;
        }
        catch (RemoteFileChangedException) when (!isLast && !HasBegun(context, body))
        {
            return false;
        }
    }

    private async Task ServeAsync(HttpContext context, ReplyBody body)
    {
        RemoteFileInfo info = await file.GetInfoAsync(context.RequestAborted).ConfigureAwait(false);
        var validators = Validators.Of(info);
        FileHeaders.Set(context.Response, validators);
        switch (Preconditions.Evaluate(context.Request.Headers, validators))
        {
            case PreconditionResult.Failed:
                context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
                return;
            case PreconditionResult.NotModified:
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
        }

        // Range is defined for GET alone (RFC 9110, section 14.2).
        bool isGet = HttpMethods.IsGet(context.Request.Method);
        RangeSelection selection = isGet
            ? RangeSelection.Of(context.Request.Headers, validators, info.Length)
            : RangeSelection.Whole(info.Length);
        FileHeaders.Set(context.Response, selection, info);
        if (isGet && selection.Length > 0)
            await SendAsync(context, body, info, selection).ConfigureAwait(false);
    }

    /// <summary>Sends bytes; the headers go out with the first of them, so that nothing is promised before the origin has kept it.</summary>
    private async Task SendAsync(HttpContext context, ReplyBody body, RemoteFileInfo info, RangeSelection selection)
    {
        RemoteFileStream stream = await file.OpenStreamAsync(context.RequestAborted).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            // The file may have been reopened between the question and the stream. If it is again while the stream is read, the stream fails.
            RemoteFileInfo current = await file.GetInfoAsync(context.RequestAborted).ConfigureAwait(false);
            if (current != info)
                throw new RemoteFileChangedException("The file changed while a request for it was answered.", info, current);
            stream.Position = selection.Start;
            await stream.CopyRangeToAsync(body, selection.Length, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static void GiveUp(HttpContext context, ReplyBody body)
    {
        if (HasBegun(context, body))
            context.Abort();
        else
            FileHeaders.Withdraw(context.Response);
    }

    private void Fail(HttpContext context, ReplyBody body, Exception failure)
    {
        if (HasBegun(context, body))
        {
            Log.Aborted(logger, name, failure.Message);
            context.Abort();
            return;
        }

        OriginFailure answer = OriginFailure.Of(failure);
        Log.Failed(logger, name, answer.StatusCode, failure.Message);
        FileHeaders.Withdraw(context.Response);
        answer.Apply(context.Response);
    }
    private static bool HasBegun(HttpContext context, ReplyBody body) => context.Response.HasStarted || body.HasBytes;
}
