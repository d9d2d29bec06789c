namespace RemoteZip;

/// <summary>What the process returns to its shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The network, the archive or the local disk failed, or there is no such entry.</summary>
    public const int Failure = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by a signal, as shells count it for Ctrl-C.</summary>
    public const int Cancelled = 130;
}
