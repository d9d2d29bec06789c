using System.Runtime.CompilerServices;
using Hctef.Fetching;

namespace Hctef.Tests.Fetching;

public sealed class HostTableTests
{
    private readonly HostTable _table = new(maxConcurrency: 1, TimeProvider.System);

    [Fact]
    public void A_host_is_scheme_host_and_port()
    {
        HostState host = _table.Get(new Uri("http://user:pass@A.test/x?q#f"));

        Assert.Equal("http://a.test", host.Origin);
        Assert.Same(host, _table.Get(new Uri("http://a.test:80/y")));
        Assert.NotSame(host, _table.Get(new Uri("https://a.test/x")));
        Assert.NotSame(host, _table.Get(new Uri("http://a.test:8080/x")));
        Assert.NotSame(host, _table.Get(new Uri("http://b.test/x")));
        Assert.Equal(4, _table.Count);
    }

    [Fact]
    public void The_host_used_longest_ago_is_let_go_first()
    {
        HostState first = Get(0);
        WeakReference second = GetWeakly(1);
        for (int i = 2; i < HostTable.MaxHosts; i++)
        {
            _ = Get(i);
        }

        Assert.Same(first, Get(0));
        _ = Get(HostTable.MaxHosts);

        Assert.Equal(HostTable.MaxHosts, _table.Count);
        Assert.Same(first, Get(0));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(second.IsAlive);
    }

    [Fact]
    public void A_host_that_a_file_keeps_is_the_same_however_many_others_there_were()
    {
        HostState kept = Get(0);
        for (int i = 1; i < 4 * HostTable.MaxHosts; i++)
        {
            _ = Get(i);
        }

        Assert.Same(kept, Get(0));
        Assert.Equal(HostTable.MaxHosts, _table.Count);
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task A_host_with_a_request_under_way_stays()
    {
        HostState busy = Get(0);
        HostPermit permit = await busy.Gate.AcquireAsync(FetchPriority.Demand, this, default);
        for (int i = 1; i < 2 * HostTable.MaxHosts; i++)
        {
            _ = Get(i);
        }

        Assert.Equal(HostTable.MaxHosts, _table.Count);
        Assert.Same(busy, Get(0));
        permit.Dispose();
    }

    // Not inlined: the caller's frame would keep the host.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference GetWeakly(int number) => new(Get(number));

    private HostState Get(int number) => _table.Get(new Uri($"http://h{number}.test/"));
}
