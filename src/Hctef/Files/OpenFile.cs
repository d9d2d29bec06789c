using Hctef.Options;

namespace Hctef.Files;

/// <summary>Opens a file; the caller disposes it. In the container, this is how files reach the engine of their registration.</summary>
internal delegate Task<IHctefFile> OpenFile(Uri uri, ResolvedFileOptions options, CancellationToken cancellationToken);
