namespace Hctef.TestServer.Content;

/// <summary>Fills the whole destination with the bytes of a file from the given offset on. Called by many requests at once.</summary>
public delegate void ContentReader(Span<byte> destination, long offset);
