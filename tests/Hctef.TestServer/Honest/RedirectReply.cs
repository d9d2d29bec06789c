namespace Hctef.TestServer.Honest;

/// <summary>Sends the client elsewhere; a relative location is sent as it is.</summary>
public sealed record RedirectReply(Uri Location, int Status = 302);
