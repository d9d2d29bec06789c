namespace RemoteZip.CommandLine;

/// <summary>The command line or the configuration is wrong; the message is meant for the user.</summary>
internal sealed class UsageException(string message, Exception? innerException = null) : Exception(message, innerException);
