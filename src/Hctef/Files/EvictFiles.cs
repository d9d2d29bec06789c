namespace Hctef.Files;

/// <summary>Drops what is kept under keys of files. In the container, this is how factories reach the engine of their registration.</summary>
internal delegate Task EvictFiles(IReadOnlyCollection<string> cacheKeys, CancellationToken cancellationToken);
