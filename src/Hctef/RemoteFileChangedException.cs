namespace Hctef;

/// <summary>The file at the origin is no longer the version that was opened. No byte of the other version was returned.</summary>
public sealed class RemoteFileChangedException : HctefException
{
    /// <summary>Creates an exception with a general message.</summary>
    public RemoteFileChangedException()
        : base("The remote file changed while it was open.")
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">What differs, free of secrets.</param>
    public RemoteFileChangedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">What differs, free of secrets.</param>
    /// <param name="innerException">The cause.</param>
    public RemoteFileChangedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception that tells both versions.</summary>
    /// <param name="message">What differs, free of secrets.</param>
    /// <param name="opened">The version that was opened, if known.</param>
    /// <param name="current">The version that the origin serves now, if known.</param>
    public RemoteFileChangedException(string message, RemoteFileInfo? opened, RemoteFileInfo? current)
        : base(message)
    {
        Opened = opened;
        Current = current;
    }

    /// <summary>The version that was opened, if known.</summary>
    public RemoteFileInfo? Opened { get; }

    /// <summary>The version that the origin serves now, if known.</summary>
    public RemoteFileInfo? Current { get; }
}
