namespace Hctef;

/// <summary>The server does not serve ranges of this file, so that it can only be downloaded whole.</summary>
public sealed class RangeNotSupportedException : HctefException
{
    /// <summary>Creates an exception with a general message.</summary>
    public RangeNotSupportedException()
        : base("The server does not support range requests for this file.")
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What the server answered, free of secrets.</param>
    public RangeNotSupportedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">What the server answered, free of secrets.</param>
    /// <param name="innerException">The cause.</param>
    public RangeNotSupportedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception with a reason.</summary>
    /// <param name="reason">Why ranges cannot be used.</param>
    /// <param name="message">What the server answered, free of secrets.</param>
    public RangeNotSupportedException(RangeNotSupportedReason reason, string message)
        : base(message) => Reason = reason;

    /// <summary>Why ranges cannot be used.</summary>
    public RangeNotSupportedReason Reason { get; }
}
