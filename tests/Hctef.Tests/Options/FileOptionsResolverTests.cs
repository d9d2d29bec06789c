using Hctef.Options;

namespace Hctef.Tests.Options;

public sealed class FileOptionsResolverTests
{
    private readonly RemoteFileOptions _perOpen = new();
    private readonly RemoteFileOptions _named = new();
    private readonly RemoteFileOptions _defaults = new();

    [Fact]
    public void Every_member_is_taken_from_the_first_layer_that_has_it()
    {
        _defaults.PrefetchBytes = 1;
        _defaults.MinimumRangeRequestBytes = 1;
        _defaults.PrefetchDirection = PrefetchDirection.Start;
        _defaults.Partition = "defaults";
        _named.PrefetchBytes = 2;
        _named.MinimumRangeRequestBytes = 2;
        _named.Immutable = true;
        _named.OnChange = ChangePolicy.Reopen;
        _defaults.MaxDownloadBytes = 1;
        _named.WhenRangesUnsupported = RangeFallback.Download;
        _named.MaxDownloadBytes = 2;
        _named.CacheKey = "named";
        _named.ExpectedEntityTag = "\"named\"";
        _perOpen.PrefetchBytes = 3;
        _perOpen.ExpectedEntityTag = "\"open\"";

        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(_perOpen, _named, _defaults);

        Assert.Equal(3, resolved.PrefetchBytes);
        Assert.Equal(2, resolved.MinimumRangeRequestBytes);
        Assert.Equal(PrefetchDirection.Start, resolved.PrefetchDirection);
        Assert.Equal("defaults", resolved.Partition);
        Assert.True(resolved.Immutable);
        Assert.Equal(ChangePolicy.Reopen, resolved.OnChange);
        Assert.Equal(RangeFallback.Download, resolved.WhenRangesUnsupported);
        Assert.Equal(2, resolved.MaxDownloadBytes);
        Assert.Equal("named", resolved.CacheKey);
        Assert.Equal("\"open\"", resolved.ExpectedEntityTag);
    }

    [Fact]
    public void A_zero_or_false_of_a_nearer_layer_is_no_absence()
    {
        _defaults.PrefetchBytes = 1;
        _defaults.Immutable = true;
        _perOpen.PrefetchBytes = 0;
        _perOpen.Immutable = false;

        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(_perOpen, _named, _defaults);

        Assert.Equal(0, resolved.PrefetchBytes);
        Assert.False(resolved.Immutable);
    }

    [Fact]
    public void Headers_merge_and_the_nearer_layer_wins_by_name_in_any_case()
    {
        _defaults.Headers["X-Tenant"] = "defaults";
        _defaults.Headers["X-Other"] = "other";
        _named.Headers["x-tenant"] = "named";
        _perOpen.Headers["X-TENANT"] = "open";

        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(_perOpen, _named, _defaults);

        Assert.Equal([new("X-TENANT", "open"), new("X-Other", "other")], resolved.Headers);
    }

    [Fact]
    public void Hosts_unite_ignoring_case()
    {
        _defaults.ForwardHeadersTo.Add("cdn.example.com");
        _named.ForwardHeadersTo.Add("CDN.example.com");
        _perOpen.ForwardHeadersTo.Add("other.example.com");

        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(_perOpen, _named, _defaults);

        Assert.Equal(["other.example.com", "CDN.example.com"], resolved.ForwardHeadersTo);
    }

    [Fact]
    public void What_is_resolved_does_not_change_with_its_sources()
    {
        _perOpen.Headers["X-A"] = "1";
        ResolvedFileOptions resolved = FileOptionsResolver.Resolve(_perOpen, _named, _defaults);
        _perOpen.Headers["X-A"] = "2";

        Assert.Equal("1", Assert.Single(resolved.Headers).Value);
    }
}
