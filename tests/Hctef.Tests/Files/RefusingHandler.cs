using System.Net;

namespace Hctef.Tests.Files;

/// <summary>Answers 404 on the caller's thread once it is told to; until then requests pass.</summary>
internal sealed class RefusingHandler
{
    private int _refused;

    public bool Refuses { get; set; }

    public int Refused => Volatile.Read(ref _refused);

    /// <summary>The handler's place in the chain of one client.</summary>
    public sealed class Link(RefusingHandler owner) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!owner.Refuses)
                return base.SendAsync(request, cancellationToken);
            Interlocked.Increment(ref owner._refused);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { RequestMessage = request });
        }
    }
}
