using Hctef.TestServer.Honest;

namespace Hctef.Tests.Files;

/// <summary>Bodies that break are resumed at the missing byte, and only there.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private const int Block = 8192;
    private const int Start = 4 * Block;
    private const int Count = 8 * Block;
    private const int End = Start + Count;
    private const int Length = 64 * Block;
    private const int MaxRetries = 2;

    private readonly SleepingClock _clock = new();
    private FileRig _rig = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            options =>
            {
                options.Cache.BlockBytes = Block;
                options.Transport.ConnectTimeout = SleepingClock.Never;
                options.Transport.FirstByteTimeout = SleepingClock.Never;
                options.Transport.IdleTimeout = SleepingClock.Never;
                options.Retry.MaxRetries = MaxRetries;
            },
            _clock);
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync()
    {
        await _rig.WhenQuietAsync();
        await _rig.DisposeAsync();
    }

    public static TheoryData<int> Breaks() =>
    [
        Start, Start + 1, Start + Block - 1, Start + Block, Start + Block + 1, Start + (2 * Block) - 1, Start + (2 * Block),
        Start + (3 * Block) + 1000, End - Block - 1, End - Block, End - Block + 1, End - 1,
    ];

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_body_broken_at_a_byte_is_asked_again_from_that_byte(int offset)
    {
        using IRemoteFile file = await OpenAsync();
        _served.BreakAt(offset);
        await _clock.WakeUntilAsync(file.AssertReadsAsync(_served, Start, Count));

        Assert.Equal([$"bytes={Start}-{End - 1}", $"bytes={offset}-{End - 1}"], _rig.Ranges);
        Assert.Equal(Count, _rig.BytesSent);
        Assert.Equal($"{Start}-{End}", file.CachedText());
        Assert.All(_rig.Server.Log, request => Assert.Equal(_served.EntityTag, request.Headers["If-Match"]));
        Assert.Equal(1 + Count, file.GetStatistics().BytesFetched);
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task The_same_past_the_cache(int offset)
    {
        using IRemoteFile file = await OpenAsync();
        await using RemoteFileStream cursor = file.OpenStream(CursorCaching.Uncached);
        cursor.Position = Start;
        byte[] buffer = new byte[Count];
        _served.BreakAt(offset);
        await _clock.WakeUntilAsync(cursor.ReadExactlyAsync(buffer).AsTask());

        Assert.True(_served.Matches(buffer, Start));
        Assert.Equal([$"bytes={Start}-{Length - 1}", $"bytes={offset}-{Length - 1}"], _rig.Ranges);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_arrived_before_the_break_is_read_while_the_retry_sleeps(bool sync)
    {
        using IRemoteFile file = await OpenAsync();
        _served.BreakAt(Start + (2 * Block) + 5);
        Task read = file.AssertReadsAsync(_served, Start, Count, sync);
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        await file.AssertReadsAsync(_served, Start, 2 * Block, sync);
        Assert.Equal(0, _rig.Gate.Taken);
        Assert.False(read.IsCompleted);
        _clock.Advance(sleep);
        await read;
    }

    [Theory]
    [InlineData(Length - 20_000)]
    [InlineData(Length - Block)]
    [InlineData(Length - 1)]
    public async Task The_opening_body_is_resumed_by_a_closed_range(int offset)
    {
        _served.BreakAt(offset);
        using IRemoteFile file = await _rig.OpenAsync(_served, options => options.PrefetchBytes = 4 * Block);
        await _clock.WakeUntilAsync(file.AssertReadsAsync(_served, Length - (4 * Block), 4 * Block));

        Assert.Equal([$"bytes=-{(5 * Block) - 1}", $"bytes={offset}-{Length - 1}"], _rig.Ranges);
        Assert.Equal(_served.EntityTag, _rig.Server.Log[1].Headers["If-Match"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_progress_the_retries_are_spent_and_what_arrived_stays(bool sync)
    {
        const int offset = Start + Block + 5;
        using IRemoteFile file = await OpenAsync();
        _served.BreakAt(offset, times: 100);
        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(
            () => _clock.WakeUntilAsync(file.ReadAsync(new byte[Count], Start, sync)));

        Assert.Equal((HctefNetworkError.Connection, true), (failure.Error, failure.IsTransient));
        string again = $"bytes={offset}-{End - 1}";

        // The first failure came after progress: the budget counts from there.
        Assert.Equal([$"bytes={Start}-{End - 1}", .. Enumerable.Repeat(again, _rig.Ranges.Length - 1)], _rig.Ranges);
        Assert.Equal(1 + MaxRetries, _rig.Ranges.Length);
        Assert.Equal($"{Start}-{Start + Block}", file.CachedText());
        await _rig.WhenQuietAsync();
    }

    [Fact]
    public async Task Progress_of_a_block_gives_the_retries_back()
    {
        using IRemoteFile file = await OpenAsync();
        for (int offset = Start + Block; offset < End; offset += Block)
            _served.BreakAt(offset);
        await _clock.WakeUntilAsync(file.AssertReadsAsync(_served, Start, Count));

        Assert.Equal(8, _rig.Server.RequestCount);
        Assert.Equal(Count, _rig.BytesSent);
        Assert.All(_clock.Sleeps, sleep => Assert.InRange(sleep, TimeSpan.FromMilliseconds(75), TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task B7_a_file_that_changes_between_break_and_resume_is_not_blended()
    {
        using IRemoteFile file = await OpenAsync();
        _served.BreakAt(Start + Block + 5);
        Task<int> read = file.ReadAsync(new byte[Count], Start, sync: false);
        TimeSpan sleep = await _clock.WhenAsleepAsync();
        _served.Update(version: 2, Length);
        _clock.Advance(sleep);

        await Assert.ThrowsAsync<RemoteFileChangedException>(() => read);
        Assert.Equal($"{Start}-{Start + Block}", file.CachedText());
    }

    private async Task<IRemoteFile> OpenAsync()
    {
        IRemoteFile file = await _rig.OpenAsync(_served, options => options.PrefetchBytes = 0);
        await _rig.ForgetAsync();
        return file;
    }
}
