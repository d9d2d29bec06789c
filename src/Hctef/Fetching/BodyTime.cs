namespace Hctef.Fetching;

/// <summary>
/// One body that is coming: when it began, and the sum of all bodies' seconds at that time, by which their average number is known when
/// it ends.
/// </summary>
internal readonly struct BodyTime(HostModel model, long begun, double bodySecondsThen)
{
    /// <summary>Ends the body. Called once.</summary>
    /// <param name="bytes">What came of it.</param>
    /// <param name="isMeasure">False when its time was not the network's: its reader paused, or it lay there already.</param>
    public void End(long bytes, bool isMeasure) => model.EndBody(begun, bodySecondsThen, bytes, isMeasure);
}
