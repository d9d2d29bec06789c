namespace Hctef.Diagnostics;

/// <summary>Who serves, as a tag of metrics and activities: never more than host and port.</summary>
internal sealed class ServerTags(Uri uri)
{
    public KeyValuePair<string, object?> Address { get; } = new(TelemetryNames.ServerAddress, uri.IdnHost);

    public KeyValuePair<string, object?> Port { get; } = new(TelemetryNames.ServerPort, uri.Port);
}
