namespace Hctef.TestServer.Honest;

/// <summary>Requests without this header (with any value if <paramref name="Value"/> is null) are refused.</summary>
public sealed record RequiredHeader(string Name, string? Value = null, int RefusalStatus = 401);
