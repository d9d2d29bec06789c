using System.Diagnostics;
using System.Globalization;
using Hctef.TestServer.Shaping;
using Microsoft.AspNetCore.Http;

namespace Hctef.TestServer.Honest;

/// <summary>Answers the requests of one server.</summary>
internal sealed class RequestHandler(HonestServer server, Traffic traffic)
{
    private const int BurstBytes = 64 * 1024;
    private const int LargeBurstBytes = 256 * 1024;

    private readonly LinkSchedule _sharedLink = new(slack: TimeSpan.FromMilliseconds(5));

    public async Task HandleAsync(HttpContext context)
    {
        long arrived = Stopwatch.GetTimestamp();
        traffic.Enter();
        RequestRecord record = server.Log.Add(context);
        ServedFile? file = server.Find(record.Path);
        ReplyPacer? pacer = CreatePacer(context);
        var reply = new Reply(context, record, traffic, pacer, server.Fast ? LargeBurstBytes : BurstBytes);
        bool aborted = false;
        try
        {
            if (pacer is not null)
                await pacer.WaitForFirstByteAsync(arrived, record.Number, context.RequestAborted);
            if (file is null)
                await reply.SendHeadAsync(StatusCodes.Status404NotFound);
            else
                await AnswerAsync(context, record, file, reply);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            aborted = true;
        }
        finally
        {
            reply.End(aborted);
            if (aborted)
                file?.CountAborted();
            traffic.EndHandler();
        }
    }

    private static async Task AnswerAsync(HttpContext context, RequestRecord record, ServedFile file, Reply reply)
    {
        while (file.Obstacles.NextHeaderGate(record) is { } gate)
            await gate.PassAsync(context.RequestAborted);

        IHeaderDictionary headers = context.Response.Headers;
        if (file.RequiredHeader is { } required && !IsSatisfied(required, record))
        {
            await reply.SendHeadAsync(required.RefusalStatus);
        }
        else if (file.StatusOverride is { } status && status.TryTake())
        {
            headers.RetryAfter = status.RetryAfter;
            await reply.SendHeadAsync(status.Status);
        }
        else if (file.Redirect is { } redirect)
        {
            headers.Location = redirect.Location.OriginalString;
            await reply.SendHeadAsync(redirect.Status);
        }
        else
        {
            await ServeAsync(context, file, reply);
        }
    }

    private static bool IsSatisfied(RequiredHeader required, RequestRecord record) =>
        record.Headers.TryGetValue(required.Name, out string? value)
        && (required.Value is null || string.Equals(required.Value, value, StringComparison.Ordinal));

    private static Task ServeAsync(HttpContext context, ServedFile file, Reply reply)
    {
        FileVersion version = file.Current;
        ReplyPlan plan = ReplyPlan.For(context.Request, file, version);
        WriteHeaders(context.Response.Headers, file, version, plan);
        if (plan.Status == StatusCodes.Status304NotModified)
            return reply.SendHeadAsync(plan.Status, contentLength: null);
        return HttpMethods.IsHead(context.Request.Method)
            ? reply.SendHeadAsync(plan.Status, plan.Count)
            : reply.SendBodyAsync(plan, version, file.Obstacles);
    }

    private static void WriteHeaders(IHeaderDictionary headers, ServedFile file, FileVersion version, ReplyPlan plan)
    {
        headers.ETag = version.EntityTag;
        headers.LastModified = version.LastModified?.ToString("r", CultureInfo.InvariantCulture);
        headers.AcceptRanges = file.SupportsRanges ? "bytes" : "none";
        headers.ContentRange = plan.ContentRange;
        headers.ContentType = file.ContentType;
        foreach ((string name, string value) in file.ExtraHeaders)
            headers[name] = value;
    }

    private ReplyPacer? CreatePacer(HttpContext context) => server.Shape is { } shape
        ? new ReplyPacer(shape, context.Features.Get<ShapedConnection>()!, _sharedLink)
        : null;
}
