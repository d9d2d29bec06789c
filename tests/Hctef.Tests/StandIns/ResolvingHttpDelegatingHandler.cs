// The name is what Hctef knows the real one by, whose package the tests do without.
namespace Microsoft.Extensions.ServiceDiscovery.Http;

/// <summary>Sends requests for one service to one endpoint, and shows the service's URL before and after, as the real one does.</summary>
internal sealed class ResolvingHttpDelegatingHandler(string service, Uri endpoint) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Uri asked = request.RequestUri!;
        if (asked.Host == service)
            request.RequestUri = new Uri(endpoint, asked.PathAndQuery);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            request.RequestUri = asked;
        }
    }
}
