namespace Hctef;

/// <summary>Synchronous and convenience members of files.</summary>
public static class RemoteFileExtensions;
