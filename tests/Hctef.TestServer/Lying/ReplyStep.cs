namespace Hctef.TestServer.Lying;

/// <summary>One action of a reply; false ends the connection's script (it was closed or reset).</summary>
internal delegate ValueTask<bool> ReplyStep(LyingConnection connection, CancellationToken cancellationToken);
