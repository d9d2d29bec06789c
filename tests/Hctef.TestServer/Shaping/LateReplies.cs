namespace Hctef.TestServer.Shaping;

/// <summary>
/// A share of replies, chosen by seed and the request's number (so that a run can be repeated), whose first byte comes later.
/// </summary>
public sealed record LateReplies(double Share, TimeSpan Delay, int Seed = 1)
{
    internal TimeSpan DelayOf(int request) => IsLate(request) ? Delay : TimeSpan.Zero;

    private bool IsLate(int request)
    {
        ulong value = (((ulong)(uint)Seed << 32) | (uint)request) * 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        return (value ^ (value >> 31)) >> 11 < Share * (1L << 53);
    }
}
