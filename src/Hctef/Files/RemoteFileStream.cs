namespace Hctef;

/// <summary>A cursor.</summary>
public sealed class RemoteFileStream;
