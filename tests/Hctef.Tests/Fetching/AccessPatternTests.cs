using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

/// <summary>How reads are told to belong together.</summary>
public sealed class AccessPatternTests
{
    private const long Near = 100;
    private const long Gap = 1000;

    [Fact]
    public void The_second_read_that_goes_on_confirms()
    {
        var pattern = new AccessPattern(0, 50);
        Assert.False(pattern.IsConfirmed);
        Assert.True(pattern.TryFollow(50, 100, Near, Gap));
        Assert.True(pattern.IsConfirmed);
        Assert.False(pattern.IsBackward);
        Assert.Equal(100, pattern.RunBytes);
    }

    [Fact]
    public void Reads_that_overlap_go_on()
    {
        // ZipArchive reads 4,096 bytes every 4,070.
        var pattern = new AccessPattern(0, 4096);
        for (int i = 1; i < 10; i++)
        {
            Assert.True(pattern.TryFollow(i * 4070, (i * 4070) + 4096, Near, Gap));
        }

        Assert.Equal((9 * 4070) + 4096, pattern.RunBytes);
    }

    [Fact]
    public void Where_there_are_holes_the_third_read_confirms()
    {
        var pattern = new AccessPattern(0, 50);
        Assert.True(pattern.TryFollow(500, 550, Near, Gap));
        Assert.False(pattern.IsConfirmed);
        Assert.True(pattern.TryFollow(1400, 1450, Near, Gap));
        Assert.True(pattern.IsConfirmed);
    }

    [Fact]
    public void A_read_beyond_the_gap_does_not_belong()
    {
        var pattern = new AccessPattern(0, 50);
        Assert.False(pattern.TryFollow(50 + Gap + 1, 2000, Near, Gap));
        Assert.True(pattern.TryFollow(50 + Gap, 2000, Near, Gap));
    }

    [Fact]
    public void Going_back_is_a_pattern_of_its_own()
    {
        var pattern = new AccessPattern(10_000, 10_050);
        Assert.True(pattern.TryFollow(9_950, 10_000, Near, Gap));
        Assert.True(pattern.IsConfirmed);
        Assert.True(pattern.IsBackward);
        Assert.False(pattern.TryFollow(10_050, 10_100, Near, Gap));
        Assert.True(pattern.TryFollow(9_900, 9_950, Near, Gap));
        Assert.Equal(150, pattern.RunBytes);
    }

    [Fact]
    public void Equal_strides_confirm_at_the_third_read()
    {
        const long Stride = 50_000;
        var first = new AccessPattern(0, 50);
        Assert.False(first.TryFollowStride(Stride, Stride + 50));
        var second = new AccessPattern(Stride, Stride + 50, before: 0);
        Assert.False(second.IsConfirmed);
        Assert.True(second.TryFollowStride(2 * Stride, (2 * Stride) + 50));
        Assert.True(second.IsConfirmed);
        Assert.Equal(Stride, second.Stride);
        Assert.Equal(50, second.RunBytes);

        // Steps that were hits are not told of.
        Assert.True(second.TryFollowStride(5 * Stride, (5 * Stride) + 50));
        Assert.False(second.TryFollowStride((6 * Stride) + 1, (6 * Stride) + 51));
        Assert.False(second.TryFollowStride(11 * Stride, (11 * Stride) + 50));
        Assert.False(second.TryFollowStride(4 * Stride, (4 * Stride) + 50));
    }

    [Fact]
    public void A_stride_goes_back_too()
    {
        const long Stride = -50_000;
        var pattern = new AccessPattern(900_000, 900_050, before: 950_000);
        Assert.True(pattern.TryFollowStride(900_000 + Stride, 900_050 + Stride));
        Assert.True(pattern.IsConfirmed);
        Assert.True(pattern.IsBackward);
        Assert.Equal(Stride, pattern.Stride);
    }

    [Fact]
    public void Readers_who_share_the_work_may_come_out_of_order()
    {
        var pattern = new AccessPattern(0, 50);
        Assert.True(pattern.TryFollow(100, 150, Near, Gap));
        Assert.True(pattern.IsConfirmed);
        Assert.True(pattern.TryFollow(50, 100, Near, Gap));
        Assert.Equal(100, pattern.Start);
        Assert.Equal(150, pattern.End);
    }

    [Fact]
    public void Random_reads_belong_to_nothing()
    {
        var random = new Random(7);
        var pattern = new AccessPattern(0, 50);
        int confirmed = 0;
        for (int i = 0; i < 10_000; i++)
        {
            long start = random.NextInt64(1L << 40);
            if (!pattern.TryFollow(start, start + 50, Near, Gap) && !pattern.TryFollowStride(start, start + 50))
            {
                pattern = new AccessPattern(start, start + 50, pattern.Start);
            }

            confirmed += pattern.IsConfirmed ? 1 : 0;
        }

        Assert.Equal(0, confirmed);
    }
}
