using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Hctef.TestServer.Content;

namespace Hctef.Tests.Fetching;

/// <summary>
/// A server without a network: the innermost handler of a client, which answers closed ranges of one file rightly and lets the test say
/// when which bytes arrive. The lock guards the replies and those who wait for them.
/// </summary>
internal sealed class StubOrigin(long length) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<StubReply> _replies = [];
    private readonly List<(int Number, TaskCompletionSource<StubReply> Waiter)> _waiters = [];

    public TestContent Content { get; } = new("stub");

    /// <summary>Whether bodies wait for the test to release them.</summary>
    public bool Holds { get; set; }

    /// <summary>Prepares each reply before it is sent: a shorter end, a failure, a body that ignores cancellation.</summary>
    public Func<StubReply, StubReply>? Prepare { get; set; }

    /// <summary>Called instead of answering, where it gives a task.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>?>? Instead { get; set; }

    /// <summary>What a handler of the client does to each message.</summary>
    public Action<HttpRequestMessage>? OnSending { get; set; }

    public IReadOnlyList<StubReply> Replies
    {
        get
        {
            lock (_gate)
            {
                return [.. _replies];
            }
        }
    }

    /// <summary>The ranges asked, in order.</summary>
    public string[] Ranges => [.. Replies.Select(static reply => reply.Range)];

    /// <summary>Forgets the requests so far: the next one is number 1.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _replies.Clear();
        }
    }

    /// <summary>Completes with the n-th reply, from 1, when its request has come.</summary>
    public Task<StubReply> WhenReply(int number)
    {
        lock (_gate)
        {
            if (_replies.Count >= number)
            {
                return Task.FromResult(_replies[number - 1]);
            }

            var waiter = new TaskCompletionSource<StubReply>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((number, waiter));
            return waiter.Task.WaitAsync(FetchRig.HangGuard);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OnSending?.Invoke(request);
        if (Instead?.Invoke(request, cancellationToken) is { } other)
        {
            return other;
        }

        RangeItemHeaderValue range = RangeHeaderValue.Parse(request.Headers.NonValidated["Range"].ToString()).Ranges.Single();
        StubReply reply = Add(range.From!.Value, Math.Min(range.To!.Value + 1, length));
        if (!Holds)
        {
            reply.Body.ReleaseAll();
        }

        var response = new HttpResponseMessage(HttpStatusCode.PartialContent) { Content = new StreamContent(reply.Body) };
        response.Headers.ETag = new EntityTagHeaderValue("\"v1\"");
        response.Content.Headers.TryAddWithoutValidation(
            "Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {reply.Start}-{reply.End - 1}/{length}"));
        return Task.FromResult(response);
    }

    private StubReply Add(long start, long end)
    {
        lock (_gate)
        {
            var reply = new StubReply(_replies.Count + 1, start, end, new StubBody(Content, start, end));
            reply = Prepare?.Invoke(reply) ?? reply;
            _replies.Add(reply);
            foreach ((int number, TaskCompletionSource<StubReply> waiter) in _waiters)
            {
                if (number == _replies.Count)
                {
                    waiter.TrySetResult(reply);
                }
            }

            return reply;
        }
    }
}
