using Hctef.Fetching;

namespace Hctef.Files;

/// <summary>Waiting for one opening that belongs to nobody: what it throws reaches each who waits as an exception of its own.</summary>
internal static class SharedOpening
{
    public static async Task<T> WaitAsync<T>(Task<T> opening, CancellationToken cancellationToken)
    {
        try
        {
            return await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HctefException failure)
        {
            throw ExceptionCopy.Of(failure);
        }
    }

    /// <summary>Blocks this thread meanwhile.</summary>
    public static T Wait<T>(Task<T> opening)
    {
        try
        {
            return BlockingWait.Wait(opening);
        }
        catch (HctefException failure)
        {
            throw ExceptionCopy.Of(failure);
        }
    }
}
