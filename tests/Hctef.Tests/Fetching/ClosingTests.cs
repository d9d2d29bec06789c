using Hctef.Files;

namespace Hctef.Tests.Fetching;

/// <summary>Readers of a file that closes under them are told so, whatever they were waiting for.</summary>
public sealed class ClosingTests : IDisposable
{
    private readonly StubOrigin _origin = new(1_000_000);
    private FetchRig? _rig;

    public void Dispose() => _rig?.Dispose();

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1000, false)]
    [InlineData(1000, true)]
    public async Task L5_a_file_that_closes_ends_its_reads_and_requests(int blocks, bool sync)
    {
        _rig = FetchRig.Create(_origin, FetchRig.OptionsOf(blocks));
        for (int round = 0; round < 20; round++)
        {
            _origin.Holds = false;
            RemoteFile file = await _rig.OpenHeldAsync(_origin);
            byte[] buffer = new byte[200_000];
            Task<int> read = sync
                ? Task.Factory.StartNew(() => file.Read(buffer, 0), TaskCreationOptions.LongRunning)
                : file.ReadAsync(buffer, 0).AsTask();
            StubReply reply = await _origin.WhenReply(1);
            reply.Body.ReleaseTo(10_000);
            await reply.Body.WhenPending();

            file.Dispose();

            await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(FetchRig.HangGuard));
            await reply.Body.Disposed.WaitAsync(FetchRig.HangGuard);
            await _rig.CheckSettledAsync(file);
        }
    }
}
