using Hctef.Caching.Tiers;
using Hctef.Fetching;
using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Where a tier is not expected to be sooner than the origin both are asked at once, and the first has it.</summary>
public sealed class TierRaceTests : IDisposable
{
    private const int B = FetchRig.BlockBytes;
    private const int Length = 64 * B;

    private readonly StubOrigin _origin = new(Length);
    private readonly FakeTier _tier = new(B) { IsRemote = true, Expected = TimeSpan.FromDays(1) };
    private readonly TaskCompletionSource _tierMayAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _requestIsSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _requestIsGivenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _buffer = new byte[4 * B];
    private FetchRig? _rig;

    public void Dispose() => _rig?.Dispose();

    [Fact]
    public async Task The_origin_is_first()
    {
        RemoteFile file = await OpenAsync();

        Assert.Equal(_buffer.Length, await file.ReadAsync(_buffer, 0).AsTask().WaitAsync(FetchRig.HangGuard));

        Assert.True(_origin.Content.Matches(_buffer, 0));
        Assert.Equal(0, file.GetStatistics().BytesFromTiers);
        _tierMayAnswer.SetResult();
        await _rig!.CheckSettledAsync(file);
        Assert.Equal([$"0-{4 * B}"], _origin.Ranges);
        Assert.Equal(4 * B, _tier.Offers.Sum(static offer => offer.End - offer.Start));
    }

    [Fact]
    public async Task The_tier_is_first()
    {
        RemoteFile file = await OpenAsync();
        _origin.Instead = NeverAnswers;
        Task<int> read = file.ReadAsync(_buffer, 0).AsTask();
        await _requestIsSent.Task.WaitAsync(FetchRig.HangGuard);

        _tierMayAnswer.SetResult();

        Assert.Equal(_buffer.Length, await read.WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(_buffer, 0));
        Assert.Equal(4 * B, file.GetStatistics().BytesFromTiers);
        await _requestIsGivenUp.Task.WaitAsync(FetchRig.HangGuard);
        await _rig!.CheckSettledAsync(file);
        Assert.Empty(_tier.Offers);
    }

    [Fact]
    public async Task An_origin_that_fails_leaves_it_to_the_tier()
    {
        RemoteFile file = await OpenAsync();
        _origin.Instead = Fails;
        Task<int> read = file.ReadAsync(_buffer, 0).AsTask();
        await _requestIsSent.Task.WaitAsync(FetchRig.HangGuard);

        _tierMayAnswer.SetResult();

        Assert.Equal(_buffer.Length, await read.WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(_buffer, 0));
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task Where_the_tier_has_nothing_the_failure_is_the_origins()
    {
        RemoteFile file = await OpenAsync(kept: 0);
        _origin.Instead = Fails;
        _tierMayAnswer.SetResult();

        await Assert.ThrowsAsync<HctefNetworkException>(() => file.ReadAsync(_buffer, 0).AsTask().WaitAsync(FetchRig.HangGuard));

        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_tier_that_has_only_the_beginning_leaves_the_rest_to_another_request()
    {
        RemoteFile file = await OpenAsync(kept: 3);
        _origin.Instead = NeverAnswers;
        Task<int> read = file.ReadAsync(_buffer, 0).AsTask();
        await _requestIsSent.Task.WaitAsync(FetchRig.HangGuard);
        _origin.Instead = null;

        _tierMayAnswer.SetResult();

        Assert.Equal(_buffer.Length, await read.WaitAsync(FetchRig.HangGuard));
        Assert.True(_origin.Content.Matches(_buffer, 0));
        Assert.Equal([$"{3 * B}-{4 * B}"], _origin.Ranges);
        await _rig!.CheckSettledAsync(file);
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_both()
    {
        RemoteFile file = await OpenAsync();
        _origin.Instead = NeverAnswers;
        using var leaving = new CancellationTokenSource();
        Task<int> read = file.ReadAsync(_buffer, 0, leaving.Token).AsTask();
        await _requestIsSent.Task.WaitAsync(FetchRig.HangGuard);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(FetchRig.HangGuard));
        file.Dispose();
        await _requestIsGivenUp.Task.WaitAsync(FetchRig.HangGuard);
        await FetchRig.Eventually(() => _rig!.GateOf(file.Uri).Taken == 0, "the permit");
    }

    [Fact]
    public async Task A_run_without_bytes_wins_nothing()
    {
        using var race = new TierRace(new FixedTier(TierRun.Rent(0, 0)), 0, B, CancellationToken.None);

        Assert.Null(await race.EndAsync());
        Assert.False(race.IsWonByTier);
        Assert.True(race.TryWinForOrigin());
    }

    [Fact]
    public async Task A_run_that_has_won_when_the_transfer_is_given_up_goes_back()
    {
        TierRun run = TierRun.Rent(0, B);
        var race = new TierRace(new FixedTier(run), 0, B, CancellationToken.None);
        Assert.True(race.IsWonByTier);

        race.Dispose();

        await FetchRig.Eventually(() => Record.Exception(() => run.Bytes) is not null, "the run's memory to be given back");
    }

    private async Task<HttpResponseMessage> NeverAnswers(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requestIsSent.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            _requestIsGivenUp.TrySetResult();
        }

        return null!;
    }

    private Task<HttpResponseMessage> Fails(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requestIsSent.TrySetResult();
        return Task.FromException<HttpResponseMessage>(new HttpRequestException("The origin is down."));
    }

    private async Task<RemoteFile> OpenAsync(int kept = 4)
    {
        HctefOptions options = FetchRig.OptionsOf(128);
        options.Retry.MaxRetries = 0;
        _rig = FetchRig.Create(_origin, options, tiers: [_tier]);
        RemoteFile file = await _rig.OpenAsync();
        _origin.Forget();
        _tier.Keep(0, _origin.Content.ToArray(0, kept * B));
        _tier.Before = cancellation => _tierMayAnswer.Task.WaitAsync(cancellation);
        return file;
    }
}
