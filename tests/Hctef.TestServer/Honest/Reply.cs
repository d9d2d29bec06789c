using System.IO.Pipelines;
using Hctef.TestServer.Shaping;
using Microsoft.AspNetCore.Http;

namespace Hctef.TestServer.Honest;

/// <summary>One reply: sends what it is told and keeps its record and the traffic counts right while it does.</summary>
internal sealed class Reply(HttpContext context, RequestRecord record, Traffic traffic, ReplyPacer? pacer, int burstBytes)
{
    /// <summary>A larger first burst takes its time on a shaped network: the head goes ahead, as the first byte that was promised.</summary>
    private const int HeadWithBodyBytes = 16 * 1024;

    private bool _settled;

    /// <summary>Sends headers without a body; a length may be declared (HEAD).</summary>
    public Task SendHeadAsync(int status, long? contentLength = 0)
    {
        Begin(status, contentLength);
        Settle(completed: true);
        return context.Response.StartAsync(context.RequestAborted);
    }

    public async Task SendBodyAsync(ReplyPlan plan, FileVersion version, ReplyObstacles obstacles)
    {
        if (plan.Count == 0)
        {
            await SendHeadAsync(plan.Status);
            return;
        }

        Begin(plan.Status, plan.Count);
        // Once the response has started the writer hands out the transport's own memory.
        await context.Response.StartAsync(context.RequestAborted);
        PipeWriter writer = context.Response.BodyWriter;
        long position = plan.Start;
        long end = plan.Start + plan.Count;
        while (position < end)
        {
            long stop = obstacles.NextStop(record, position, end);
            if (stop == position)
            {
                if (!await PassAsync(obstacles, position))
                    return;
                continue;
            }

            int count = (int)Math.Min(stop - position, pacer?.BurstBytes ?? burstBytes);
            if (pacer is not null && position == plan.Start && count > HeadWithBodyBytes)
                await FlushAsync(writer);
            if (pacer is not null)
                await pacer.WaitForBurstAsync(count, last: position + count == end, context.RequestAborted);
            Write(writer, version, position, count);
            position += count;
            record.AddBodyBytes(count);
            traffic.AddBodyBytes(count);
            if (position == end)
                Settle(completed: true);
            await FlushAsync(writer);
        }
    }

    /// <summary>The request is over, however it went.</summary>
    public void End(bool aborted)
    {
        Settle(completed: false);
        if (aborted)
            record.Abort();
    }

    private static void Write(PipeWriter writer, FileVersion version, long offset, int count)
    {
        while (count > 0)
        {
            Span<byte> span = writer.GetSpan(sizeHint: 1);
            span = span[..Math.Min(span.Length, count)];
            version.Content(span, offset);
            writer.Advance(span.Length);
            offset += span.Length;
            count -= span.Length;
        }
    }

    private void Begin(int status, long? contentLength)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = contentLength;
        record.Begin(status);
    }

    private void Settle(bool completed)
    {
        if (_settled)
            return;
        _settled = true;
        if (completed)
            record.Complete();
        traffic.LeaveConcurrency();
    }

    private async Task<bool> PassAsync(ReplyObstacles obstacles, long position)
    {
        await FlushAsync(context.Response.BodyWriter);
        if (obstacles.GateAt(record, position) is { } gate)
            await gate.PassAsync(context.RequestAborted);

        // A body that ends before its declared length makes Kestrel send all of it and close the connection in order.
        return !obstacles.TakeBreakAt(position);
    }

    private async Task FlushAsync(PipeWriter writer)
    {
        await writer.FlushAsync(context.RequestAborted);
        context.RequestAborted.ThrowIfCancellationRequested();
    }
}
