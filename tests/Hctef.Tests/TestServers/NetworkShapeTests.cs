using System.Diagnostics;
using Hctef.TestServer.Honest;
using Hctef.TestServer.Shaping;

namespace Hctef.Tests.TestServers;

public sealed class NetworkShapeTests
{
    [Fact]
    public void A_link_carries_one_transfer_after_the_other_at_its_bandwidth()
    {
        var link = new LinkSchedule(slack: TimeSpan.FromHours(1));
        link.Begin();

        long first = link.Reserve(1_000, bytesPerSecond: 1_000_000);
        long second = link.Reserve(3_000, bytesPerSecond: 1_000_000);

        Assert.Equal(Stopwatch.Frequency * 3 / 1000, second - first);
    }

    [Fact]
    public void Time_in_which_a_link_was_idle_is_lost()
    {
        var link = new LinkSchedule(slack: TimeSpan.Zero);
        long now = Stopwatch.GetTimestamp();

        Assert.True(link.Reserve(1_000, bytesPerSecond: 1_000_000) >= now + (Stopwatch.Frequency / 1000));
    }

    [Fact]
    public async Task Waits_never_end_early()
    {
        long start = Stopwatch.GetTimestamp();
        long[] dues = [.. new[] { 9, 1, 5, 3, 3, 7 }.Select(milliseconds => start + (milliseconds * Stopwatch.Frequency / 1000))];

        bool[] early = await Task.WhenAll(dues.Select(async due =>
        {
            await PreciseTimer.Shared.WaitUntilAsync(due, CancellationToken.None);
            return Stopwatch.GetTimestamp() < due;
        }));

        Assert.DoesNotContain(true, early);
    }

    [Fact]
    public async Task Shaped_replies_carry_the_right_bytes()
    {
        var shape = new NetworkShape
        {
            Latency = TimeSpan.FromMilliseconds(1),
            ConnectionCost = TimeSpan.FromMilliseconds(1),
            BytesPerSecondPerConnection = 40_000_000,
            BytesPerSecondShared = 20_000_000,
        };
        await using HonestServer server = await HonestServer.StartAsync(shape);
        ServedFile file = server.Add("file", 200_001);
        using var client = new HttpClient();

        byte[][] bodies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.GetByteArrayAsync(file.Uri)));

        Assert.All(bodies, body => Assert.True(body.Length == 200_001 && file.Matches(body, 0)));
    }
}
