namespace Hctef;

/// <summary>The kind of a <see cref="HctefNetworkException"/>.</summary>
public enum HctefNetworkError
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>No connection, or one that broke: name resolution, TCP, TLS, or a body that ended early.</summary>
    Connection,

    /// <summary>A configured time passed (<see cref="HctefTransportOptions"/>).</summary>
    Timeout,

    /// <summary>The server answered with an error status; see <see cref="HctefNetworkException.StatusCode"/>.</summary>
    Status,

    /// <summary>The reply contradicts the request or itself, so that its bytes cannot be trusted.</summary>
    Protocol,

    /// <summary>The reply exceeds a bound of this library.</summary>
    LimitExceeded,
}
