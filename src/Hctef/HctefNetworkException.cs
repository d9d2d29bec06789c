using System.Net;

namespace Hctef;

/// <summary>The network or the server failed, after the retries that <see cref="HctefRetryOptions"/> allows.</summary>
public sealed class HctefNetworkException : HctefException
{
    /// <summary>Creates an exception with a general message.</summary>
    public HctefNetworkException()
        : base("The remote file could not be reached.")
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What happened, free of secrets.</param>
    public HctefNetworkException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">What happened, free of secrets.</param>
    /// <param name="innerException">The cause.</param>
    public HctefNetworkException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception with all its parts.</summary>
    /// <param name="error">The kind of failure.</param>
    /// <param name="message">What happened, free of secrets.</param>
    /// <param name="innerException">The cause, if any.</param>
    /// <param name="statusCode">The HTTP status that the server answered, if it answered one that matters.</param>
    /// <param name="retryAfter">How long the server asked to wait, if it did.</param>
    /// <param name="isTransient">Whether the same read may succeed later.</param>
    public HctefNetworkException(
        HctefNetworkError error,
        string message,
        Exception? innerException = null,
        HttpStatusCode? statusCode = null,
        TimeSpan? retryAfter = null,
        bool isTransient = false)
        : base(message, innerException)
    {
        Error = error;
        StatusCode = statusCode;
        RetryAfter = retryAfter;
        IsTransient = isTransient;
    }

    /// <summary>The kind of failure.</summary>
    public HctefNetworkError Error { get; }

    /// <summary>The HTTP status that the server answered; <see langword="null"/> if the failure is not about a status.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>How long the server asked to wait (<c>Retry-After</c>), if it did.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same read may succeed later.</summary>
    public bool IsTransient { get; }

    /// <summary>Whether it is not worth a retry of ours, though transient.</summary>
    internal bool FailsAtOnce { get; init; }

    /// <summary>Whether a resilience handler of the HTTP client has repeated the request, or decided not to.</summary>
    internal bool IsLeftToHandler { get; set; }
}
