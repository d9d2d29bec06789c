namespace Hctef.Http;

/// <summary>Disposes replies whose content or stream may be a user's: what it throws is lost, and nothing else.</summary>
internal static class CarefulDisposal
{
    /// <summary>Drops a reply.</summary>
    /// <returns>Whether that went well; nobody depends on it.</returns>
    public static bool TryDispose(this HttpResponseMessage response)
    {
        try
        {
            response.Dispose();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
