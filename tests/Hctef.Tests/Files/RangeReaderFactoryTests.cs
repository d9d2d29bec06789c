using Hctef.Tests.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

public sealed class RangeReaderFactoryTests : IAsyncDisposable
{
    private static readonly Uri Url = new("https://example.com/a.zip");

    private readonly FakeOpener _opener = new();
    private readonly ServiceProvider _provider;
    private readonly IRangeReaderFactory _factory;

    public RangeReaderFactoryTests()
    {
        var services = new ServiceCollection();
        services.OpenBy(_opener).AddHctef(o =>
        {
            o.FileDefaults.PrefetchBytes = 1;
            o.FileDefaults.MinimumRangeRequestBytes = 1;
        });
        _provider = services.BuildServiceProvider();
        _factory = _provider.GetRequiredService<IRangeReaderFactory>();
    }

    public ValueTask DisposeAsync() => _provider.DisposeAsync();

    [Fact]
    public async Task An_open_file_is_the_callers_and_options_of_the_call_win()
    {
        IRemoteFile file = await _factory.OpenAsync(Url, new RemoteFileOptions { PrefetchBytes = 2 });
        await file.DisposeAsync();

        Assert.Equal(1, Assert.Single(_opener.Files).Disposals);
        var opening = Assert.Single(_opener.Openings);
        Assert.Equal(Url, opening.Uri);
        Assert.Equal(2, opening.Options.PrefetchBytes);
        Assert.Equal(1, opening.Options.MinimumRangeRequestBytes);
    }

    [Fact]
    public async Task The_callers_token_cancels_the_opening()
    {
        _opener.Gate = new TaskCompletionSource();
        using var source = new CancellationTokenSource();
        Task<IRemoteFile> opening = _factory.OpenAsync(Url, cancellationToken: source.Token);
        await _opener.Started;
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task Urls_that_cannot_be_opened_are_refused_without_secrets()
    {
        var relative = await Assert.ThrowsAsync<HctefUrlException>(() => _factory.OpenAsync(new Uri("a?canary", UriKind.Relative)));
        var ftp = await Assert.ThrowsAsync<HctefUrlException>(() => _factory.OpenAsync(new Uri("ftp://canary@example.com/a?canary")));
        await Assert.ThrowsAsync<ArgumentNullException>("uri", () => _factory.OpenAsync(null!));

        Assert.DoesNotContain("canary", relative.Message + ftp.Message, StringComparison.Ordinal);
        Assert.Contains("'ftp'", ftp.Message, StringComparison.Ordinal);
        Assert.Empty(_opener.Openings);
    }

    [Fact]
    public async Task Options_of_the_call_are_held_against_their_ranges()
    {
        var options = new RemoteFileOptions { PrefetchBytes = -1, PrefetchDirection = (PrefetchDirection)9 };
        options.Headers["X-A"] = "canary\n";

        var e = await Assert.ThrowsAsync<ArgumentException>("options", () => _factory.OpenAsync(Url, options));

        Assert.Contains("RemoteFileOptions.PrefetchBytes is -1", e.Message, StringComparison.Ordinal);
        Assert.Contains("RemoteFileOptions.PrefetchDirection is 9", e.Message, StringComparison.Ordinal);
        Assert.Contains("'X-A'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", e.Message, StringComparison.Ordinal);
        Assert.Empty(_opener.Openings);
    }
}
