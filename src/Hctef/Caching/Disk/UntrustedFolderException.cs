namespace Hctef.Caching.Disk;

/// <summary>A folder of the tier is open to others, or is not what it should be. It never reaches a user: the tier is off then.</summary>
internal sealed class UntrustedFolderException(string path, string reason) : IOException($"'{path}' is not used: {reason}");
