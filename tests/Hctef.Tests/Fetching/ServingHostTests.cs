using Hctef.Fetching;
using Hctef.Files;
using Hctef.Http;
using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.Fetching;

/// <summary>Permits and measures are those of the host that serves a file, wherever it was opened.</summary>
public sealed class ServingHostTests : IAsyncLifetime
{
    private const int Length = 4 << 20;

    private FileRig _rig = null!;
    private HonestServer _mirror = null!;
    private HonestServer _other = null!;
    private ServedFile _entry = null!;
    private ServedFile _served = null!;

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync();
        _mirror = await HonestServer.StartAsync();
        _other = await HonestServer.StartAsync();
        _entry = _rig.Server.Add("file.bin", Length);
        _served = _mirror.Add("file.bin", Length);
        _entry.Redirect = new RedirectReply(_served.Uri);
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _mirror.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_redirected_file_takes_the_permits_of_the_host_that_serves_it()
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_entry);
        await _rig.WhenQuietAsync();
        ResponseGate gate = _served.HoldAt(0);
        Task read = file.AssertReadsAsync(_served, 0, 100);
        await gate.Reached.WaitAsync(FileRig.HangGuard);

        Assert.Equal((0, 1), (_rig.Gate.Taken, HostOf(_mirror).Gate.Taken));
        gate.Release();
        await read;
    }

    [Fact]
    public async Task What_is_measured_is_the_serving_hosts_and_shown_by_all_its_files()
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_entry);
        await file.AssertReadsAsync(_served, 0, 100);
        using IRemoteFile direct = await _rig.OpenColdAsync(_served);

        HostModel measured = HostOf(_mirror).Model;
        Assert.Null(HostOf(_rig.Server).Model.MeasuredLatency);
        Assert.Equal(measured.MeasuredLatency, file.GetStatistics().EstimatedLatency);
        Assert.Equal(measured.MeasuredLatency, direct.GetStatistics().EstimatedLatency);
        Assert.True(measured.MeasuredLatency > TimeSpan.Zero);
        Assert.Equal(16, file.GetStatistics().ConcurrencyLimit);
    }

    [Fact]
    public async Task A_redirect_that_changes_is_followed_by_permits_and_measures()
    {
        using IRemoteFile file = await _rig.OpenColdAsync(_entry);
        ServedFile moved = _other.Add("file.bin", Length);
        _entry.Redirect = new RedirectReply(moved.Uri);
        _mirror.Remove(_served);
        await file.AssertReadsAsync(_served, 0, 100);

        Assert.Same(HostOf(_other), ((RemoteFile)file).Source.Host);
        ResponseGate gate = moved.HoldAt(1 << 20);
        Task read = file.AssertReadsAsync(_served, 1 << 20, 100);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Assert.Equal((0, 1), (HostOf(_mirror).Gate.Taken, HostOf(_other).Gate.Taken));
        gate.Release();
        await read;
    }

    [Fact]
    public async Task What_the_opened_host_does_not_serve_is_remembered_of_it()
    {
        _served.SuffixBehaviour = SuffixBehaviour.Status416;
        using IRemoteFile file = await _rig.OpenAsync(_entry);
        await _rig.WhenQuietAsync();

        Assert.True(HostOf(_rig.Server).RefusesSuffix);
        Assert.False(HostOf(_mirror).RefusesSuffix);
        Assert.Same(HostOf(_mirror), ((RemoteFile)file).Source.Host);
    }

    [Fact]
    public void A_server_that_leads_each_request_to_another_host_raises_no_bound()
    {
        var hosts = new HostTable(maxConcurrency: 2, TimeProvider.System);
        HostState opened = hosts.Get(new Uri("http://opened.test/"));
        var serving = new ServingHost(hosts, opened);
        var seen = new HashSet<HostState>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < 100; i++)
        {
            Answer(serving, $"http://edge{i}.test/file");
            seen.Add(serving.Current);
        }

        Assert.Equal(ServingHost.MostHosts, seen.Count);
        Assert.Same(opened, serving.Current);

        // Those that are known are still told apart.
        Answer(serving, "http://edge3.test/file");
        Assert.Equal("http://edge3.test", serving.Current.Origin);
    }

    private static void Answer(ServingHost serving, string servedBy)
    {
        using var permit = new HostPermit(serving.Current.Gate, FetchPriority.Demand, serving);
        var judgement = new RangeJudgement(RangeVerdict.Accepted);
        using var reply = new RangeReply(new HttpResponseMessage(), judgement, RequestedRange.Closed(0, 1), body: null)
        {
            ServedBy = new Uri(servedBy),
            CredentialFingerprint = string.Empty,
        };
        serving.Answered(reply, permit);
    }

    private HostState HostOf(HonestServer server) => _rig.Engine.Hosts.Get(server.BaseUri);
}
