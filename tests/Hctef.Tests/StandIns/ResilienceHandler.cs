using System.Net;
using Polly.CircuitBreaker;

// The name is what Hctef knows the real one by, whose package the tests do without.
namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Repeats requests that fail at once, some times, and breaks when too many attempts in a row have failed, whatever their host.</summary>
internal class ResilienceHandler(int attempts, int breaksAfter = int.MaxValue) : DelegatingHandler
{
    private int _failures;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (Volatile.Read(ref _failures) >= breaksAfter)
                throw new BrokenCircuitException("The circuit is open.");

            HttpResponseMessage? response = null;
            try
            {
                response = await base.SendAsync(request, cancellationToken);
                if (response.StatusCode < HttpStatusCode.InternalServerError)
                {
                    Volatile.Write(ref _failures, 0);
                    return response;
                }
            }
            catch (HttpRequestException) when (attempt < attempts)
            {
                // As a status is.
            }

            Interlocked.Increment(ref _failures);
            if (attempt == attempts)
                return response!;
            response?.Dispose();
        }
    }
}
