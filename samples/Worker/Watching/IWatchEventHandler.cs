namespace Worker.Watching;

/// <summary>Reacts to what the watcher notices.</summary>
internal interface IWatchEventHandler
{
    ValueTask HandleAsync(WatchEvent watchEvent, CancellationToken cancellationToken);
}
