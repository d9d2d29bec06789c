using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Fetches that fail before their start returns.</summary>
public sealed class ImmediateFailureTests : IDisposable
{
    private readonly StubOrigin _origin = new(100_000);
    private readonly FetchRig _rig;

    public ImmediateFailureTests()
    {
        HctefOptions options = FetchRig.OptionsOf(blocks: 100);
        options.Retry.MaxRetries = 0;
        _rig = FetchRig.Create(_origin, options, new ManualTimeProvider());
    }

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_fails_on_the_spot_fails_its_read(bool sync)
    {
        RemoteFile file = await _rig.OpenAsync();
        _origin.Instead = (_, _) => throw new HttpRequestException("refused");

        HctefNetworkException failure = await Assert.ThrowsAsync<HctefNetworkException>(() => Read(file, sync));

        Assert.Equal(HctefNetworkError.Connection, failure.Error);
        await _rig.CheckSettledAsync(file);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_after_the_engine_stopped_fails(bool sync)
    {
        RemoteFile file = await _rig.OpenAsync();
        _rig.Engine.Dispose();

        await Assert.ThrowsAnyAsync<HctefException>(() => Read(file, sync));
        await _rig.CheckSettledAsync(file);
    }

    private static Task<int> Read(RemoteFile file, bool sync) =>
        Task.Run(() => sync ? Task.FromResult(file.Read(new byte[100], 0)) : file.ReadAsync(new byte[100], 0).AsTask())
            .WaitAsync(FetchRig.HangGuard);
}
