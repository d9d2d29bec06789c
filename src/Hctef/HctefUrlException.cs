namespace Hctef;

/// <summary>
/// A URL that Hctef does not open: relative, of a scheme other than http and https, naming a service where the HTTP client resolves none,
/// or refused by the egress guard (<see cref="HctefEgressOptions"/>), itself or where a redirect led.
/// </summary>
public sealed class HctefUrlException : HctefException
{
    /// <summary>Creates an exception with a general message.</summary>
    public HctefUrlException()
        : base("The URL cannot be opened.")
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What is wrong with the URL, free of secrets.</param>
    public HctefUrlException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">What is wrong with the URL, free of secrets.</param>
    /// <param name="innerException">The cause.</param>
    public HctefUrlException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
