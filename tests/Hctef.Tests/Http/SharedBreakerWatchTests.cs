using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class SharedBreakerWatchTests
{
    private readonly SharedBreakerWatch _watch = new();

    [Fact]
    public void A_host_that_is_refused_without_having_failed_shows_it_once()
    {
        Assert.True(_watch.ShowsSharing(new Uri("http://a/file")));
        Assert.False(_watch.ShowsSharing(new Uri("http://a/file")));
        Assert.False(_watch.ShowsSharing(new Uri("http://b/file")));
    }

    [Fact]
    public void A_host_that_has_failed_shows_nothing_by_any_of_its_files()
    {
        _watch.AttemptFailed(new Uri("http://a/file?1"));

        Assert.False(_watch.ShowsSharing(new Uri("http://a/other")));
        Assert.True(_watch.ShowsSharing(new Uri("https://a/file")));
    }

    [Fact]
    public void With_too_many_hosts_nothing_is_told()
    {
        for (int i = 0; i < SharedBreakerWatch.MaxHosts; i++)
            _watch.AttemptFailed(new Uri($"http://host{i}/"));

        Assert.False(_watch.ShowsSharing(new Uri("http://a/")));
    }
}
