namespace Hctef.Fetching;

/// <summary>
/// Makes an exception anew for each reader who waited for one fetch: an exception object that several threads throw would mix their
/// stacks.
/// </summary>
internal static class ExceptionCopy
{
    public static HctefException Of(HctefException exception) => exception switch
    {
        HctefNetworkException network => new HctefNetworkException(
            network.Error, network.Message, network, network.StatusCode, network.RetryAfter, network.IsTransient),
        RemoteFileChangedException changed => new RemoteFileChangedException(changed.Message, changed.Opened, changed.Current),
        RangeNotSupportedException ranges => new RangeNotSupportedException(ranges.Reason, ranges.Message),
        HctefUrlException url => new HctefUrlException(url.Message, url),
        _ => new HctefException(exception.Message, exception),
    };
}
