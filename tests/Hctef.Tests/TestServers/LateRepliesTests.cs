using Hctef.TestServer.Shaping;

namespace Hctef.Tests.TestServers;

public sealed class LateRepliesTests
{
    private const int Requests = 10_000;

    [Fact]
    public void About_the_given_share_is_late()
    {
        Assert.InRange(LateOnes(new LateReplies(0.02, TimeSpan.FromSeconds(1))).Length, 150, 250);
    }

    [Fact]
    public void The_ends_are_none_and_all()
    {
        Assert.Empty(LateOnes(new LateReplies(0, TimeSpan.FromSeconds(1))));
        Assert.Equal(Requests, LateOnes(new LateReplies(1, TimeSpan.FromSeconds(1))).Length);
    }

    [Fact]
    public void The_same_seed_chooses_the_same_requests_and_another_seed_others()
    {
        int[] first = LateOnes(new LateReplies(0.02, TimeSpan.FromSeconds(1), Seed: 7));

        Assert.Equal(first, LateOnes(new LateReplies(0.02, TimeSpan.FromSeconds(1), Seed: 7)));
        Assert.NotEqual(first, LateOnes(new LateReplies(0.02, TimeSpan.FromSeconds(1), Seed: 8)));
    }

    private static int[] LateOnes(LateReplies late) =>
        [.. Enumerable.Range(1, Requests).Where(request => late.DelayOf(request) == TimeSpan.FromSeconds(1))];
}
