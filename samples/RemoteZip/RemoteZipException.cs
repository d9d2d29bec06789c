namespace RemoteZip;

/// <summary>A failure that this program found itself; its message is meant for the user.</summary>
internal sealed class RemoteZipException(string message, Exception? innerException = null) : Exception(message, innerException);
