namespace Hctef;

/// <summary>
/// The base of every failure of Hctef. It is an <see cref="IOException"/>, so that consumers of a <see cref="Stream"/> handle it.
/// </summary>
/// <remarks>URLs in messages carry no query and no user information.</remarks>
public class HctefException : IOException
{
    /// <summary>Creates an exception with a general message.</summary>
    public HctefException()
        : this("Reading the remote file failed.")
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What happened, free of secrets.</param>
    public HctefException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">What happened, free of secrets.</param>
    /// <param name="innerException">The cause.</param>
    public HctefException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
