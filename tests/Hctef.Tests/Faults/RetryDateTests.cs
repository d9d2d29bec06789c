using System.Globalization;
using Hctef.Tests.Files;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>A server whose clock is wrong, and that says by date when to come again.</summary>
public sealed class RetryDateTests
{
    private readonly HostileFile _file = new(100_000);
    private readonly SleepingClock _clock = new();

    [Theory]
    [InlineData(-3600, 30)]
    [InlineData(3600, 30)]
    [InlineData(0, 30)]
    [InlineData(-3600, 60)]
    public async Task C2_a_date_is_waited_for_by_the_servers_own_clock(int wrongBy, int wait)
    {
        await using HostileRig rig = Rig(wrongBy, wait);
        Task<IRemoteFile> opening = rig.OpenAsync(static options => options.PrefetchBytes = 0);

        // A part of the smallest delay is added, so that not all come back at once.
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        Assert.InRange(sleep, TimeSpan.FromSeconds(wait), TimeSpan.FromSeconds(wait) + TimeSpan.FromMilliseconds(1));
        _clock.Advance(sleep - TimeSpan.FromTicks(1));
        Assert.Single(rig.Server.Requests);
        _clock.Advance(TimeSpan.FromTicks(1));
        using IRemoteFile file = await opening;
        Assert.Equal(2, rig.Server.Requests.Count);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task C2_C3_a_date_that_is_too_far_off_by_the_servers_own_clock_is_not_waited_for(int wrongBy)
    {
        await using HostileRig rig = Rig(wrongBy, wait: 61);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => rig.OpenAsync());

        Assert.Equal(TimeSpan.FromSeconds(61), failure.RetryAfter);
        Assert.Contains("HctefOptions.Retry.MaxRetryAfter", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_clock.Sleeps);
        Assert.Single(rig.Server.Requests);
    }

    private HostileRig Rig(int wrongBy, int wait)
    {
        DateTimeOffset now = _clock.GetUtcNow() + TimeSpan.FromSeconds(wrongBy);
        LyingReply busy = LyingReply.Status(503, ("Date", Text(now)), ("Retry-After", Text(now + TimeSpan.FromSeconds(wait))));
        return new HostileRig(
            request => request.Number == 1 ? busy : _file.Answer(request),
            static options => options.Transport.FirstByteTimeout = options.Transport.IdleTimeout = SleepingClock.Never,
            builder => builder.Services.AddSingleton<TimeProvider>(_clock));

        static string Text(DateTimeOffset date) => date.ToString("r", CultureInfo.InvariantCulture);
    }
}
