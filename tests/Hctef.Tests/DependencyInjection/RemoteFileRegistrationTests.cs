using Hctef.Tests.Files;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;

namespace Hctef.Tests.DependencyInjection;

public sealed class RemoteFileRegistrationTests
{
    private static readonly Uri Url = new("https://example.com/a.zip");
    private static readonly Uri OtherUrl = new("https://example.com/b.zip");

    private readonly ServiceCollection _services = new();
    private readonly FakeOpener _opener = new();

    public RemoteFileRegistrationTests() => _services.OpenBy(_opener);

    [Fact]
    public async Task A_file_is_a_keyed_singleton_that_opens_on_first_use()
    {
        _services.AddHctef(o => o.FileDefaults.PrefetchBytes = 5).AddRemoteFile("catalog", Url, f => f.MinimumRangeRequestBytes = 7);
        _services.AddTransient<Consumer>();
        await using ServiceProvider provider = _services.BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        IRemoteFile file = provider.GetRequiredService<Consumer>().File;
        Assert.Same(file, provider.GetRequiredService<Consumer>().File);
        Assert.Same(file, provider.GetRequiredService<IRangeReaderFactory>().GetFile("catalog"));
        Assert.Equal(Url, file.Uri);
        Assert.Empty(_opener.Openings);

        Assert.Equal(4, await file.ReadAsync(new byte[4], 0));
        Assert.Equal(4, await file.ReadAsync(new byte[4], 0));
        var opening = Assert.Single(_opener.Openings);
        Assert.Equal(Url, opening.Uri);
        Assert.Equal(5, opening.Options.PrefetchBytes);
        Assert.Equal(7, opening.Options.MinimumRangeRequestBytes);
    }

    [Fact]
    public void Names_ignore_case_everywhere()
    {
        _services.AddHctef().AddRemoteFile("Catalog", Url);
        using ServiceProvider provider = _services.BuildServiceProvider();

        var file = provider.GetRequiredKeyedService<IRemoteFile>("Catalog");
        Assert.Same(file, provider.GetRequiredKeyedService<IRemoteFile>("CATALOG"));
        Assert.Same(file, provider.GetRequiredService<IRangeReaderFactory>().GetFile("cataLOG"));
    }

    [Fact]
    public void Files_of_configuration_need_no_code()
    {
        _services.AddHctef(TestContainer.Section(("Files:catalog:Url", Url.AbsoluteUri)));
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Equal(Url, provider.GetRequiredKeyedService<IRemoteFile>("catalog").Uri);
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        _services.AddHctef().AddRemoteFile("beta", Url);
        _services.AddKeyedHctef("more").AddRemoteFile("alpha", OtherUrl);
        using ServiceProvider provider = _services.BuildServiceProvider();

        foreach (Func<object> ask in new Func<object>[]
        {
            () => provider.GetRequiredKeyedService<IRemoteFile>("gamma"),
            () => provider.GetRequiredService<IRangeReaderFactory>().GetFile("gamma"),
        })
        {
            var e = Assert.Throws<InvalidOperationException>(ask);
            Assert.Equal("No remote file is registered as 'gamma'. Registered are: 'alpha', 'beta'.", e.Message);
        }
    }

    [Fact]
    public void Without_files_the_message_says_so()
    {
        _services.AddHctef();
        using ServiceProvider provider = _services.BuildServiceProvider();

        var e = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IRangeReaderFactory>().GetFile("x"));
        Assert.Contains("No file is registered.", e.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<IRemoteFile>(42));
        Assert.Throws<ArgumentException>(() => provider.GetRequiredService<IRangeReaderFactory>().GetFile(" "));
    }

    [Fact]
    public void The_only_file_is_injected_without_a_key()
    {
        _services.AddHctef().AddRemoteFile("catalog", Url);
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Same(provider.GetRequiredKeyedService<IRemoteFile>("catalog"), provider.GetRequiredService<IRemoteFile>());
    }

    [Fact]
    public void No_file_or_several_are_not_injected_without_a_key()
    {
        _services.AddHctef();
        using (ServiceProvider none = _services.BuildServiceProvider())
        {
            var e = Assert.Throws<InvalidOperationException>(() => none.GetRequiredService<IRemoteFile>());
            Assert.Contains("No file is registered.", e.Message, StringComparison.Ordinal);
        }

        _services.AddHctef().AddRemoteFile("b", Url);
        _services.AddKeyedHctef("more").AddRemoteFile("a", OtherUrl);
        using ServiceProvider two = _services.BuildServiceProvider();
        var several = Assert.Throws<InvalidOperationException>(() => two.GetRequiredService<IRemoteFile>());
        Assert.Contains("Registered are: 'a', 'b'.", several.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_test_double_wins_before_and_after(bool before)
    {
        IRemoteFile fake = Mock.Of<IRemoteFile>();
        if (before)
            _services.AddKeyedSingleton("catalog", fake);
        _services.AddHctef().AddRemoteFile("catalog", Url);
        if (!before)
            _services.AddKeyedSingleton("catalog", fake);
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Same(fake, provider.GetRequiredKeyedService<IRemoteFile>("catalog"));
        Assert.Same(fake, provider.GetRequiredService<IRangeReaderFactory>().GetFile("catalog"));
        Assert.Same(fake, provider.GetRequiredService<IRangeReaderFactory>().GetFile("CATALOG"));
        Assert.Same(fake, provider.GetRequiredService<IRemoteFile>());
    }

    [Fact]
    public void The_same_name_again_changes_the_file()
    {
        _services.AddHctef().AddRemoteFile("catalog", Url, f => f.PrefetchBytes = 1);
        _services.AddHctef().AddRemoteFile("CATALOG", OtherUrl);
        using ServiceProvider provider = _services.BuildServiceProvider();

        provider.ValidateAsAtStart();
        Assert.Equal(OtherUrl, provider.GetRequiredService<IRemoteFile>().Uri);
        Assert.Equal(1, provider.GetHctefOptions().Files["catalog"].PrefetchBytes);
    }

    [Fact]
    public void A_name_of_two_registrations_fails_the_start_and_the_use()
    {
        _services.AddHctef().AddRemoteFile("catalog", Url);
        _services.AddKeyedHctef("more").AddRemoteFile("CATALOG", Url).AddRemoteFile("other", Url);
        using ServiceProvider provider = _services.BuildServiceProvider();

        var atStart = Assert.Throws<OptionsValidationException>(provider.ValidateAsAtStart);
        Assert.Contains("'catalog' is registered more than once: in 'Hctef' and in 'Hctef:more'", atStart.Message, StringComparison.Ordinal);
        var atUse = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<IRemoteFile>("other"));
        Assert.Contains("'catalog'", atUse.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_open_by_their_own_registration()
    {
        var more = new FakeOpener();
        _services.OpenBy(more, "more");
        _services.AddHctef().AddRemoteFile("a", Url);
        _services.AddKeyedHctef("more", o => o.FileDefaults.PrefetchBytes = 3).AddRemoteFile("b", OtherUrl);
        await using ServiceProvider provider = _services.BuildServiceProvider();

        // Names are unique over all registrations, so that any factory finds any file.
        await provider.GetRequiredService<IRangeReaderFactory>().GetFile("b").GetInfoAsync();

        Assert.Empty(_opener.Openings);
        Assert.Equal(3, Assert.Single(more.Openings).Options.PrefetchBytes);
    }

    [Fact]
    public void Services_help_to_configure_a_file_in_any_order()
    {
        _services.AddSingleton("token");
        _services.AddHctef(TestContainer.Section(("Files:a:Url", Url.AbsoluteUri)))
            .ConfigureRemoteFile("A", (s, f) => f.Headers["Authorization"] = s.GetRequiredService<string>())
            .ConfigureRemoteFile("b", (_, f) => f.PrefetchBytes = 1)
            .AddRemoteFile("b", OtherUrl);
        using ServiceProvider provider = _services.BuildServiceProvider();

        provider.ValidateAsAtStart();
        Assert.Equal("token", provider.GetHctefOptions().Files["a"].Headers["Authorization"]);
        Assert.Equal(1, provider.GetHctefOptions().Files["b"].PrefetchBytes);
    }

    [Fact]
    public void Configuring_a_file_that_nobody_registers_fails_the_start()
    {
        _services.AddHctef().ConfigureRemoteFile("typo", (_, _) => { });
        using ServiceProvider provider = _services.BuildServiceProvider();

        var e = Assert.Throws<OptionsValidationException>(provider.ValidateAsAtStart);
        Assert.Contains("Files:typo:Url is missing", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_container_closes_files_and_their_users_do_not(bool async)
    {
        _services.AddHctef().AddRemoteFile("a", Url).AddRemoteFile("b", OtherUrl);
        ServiceProvider provider = _services.BuildServiceProvider();
        var used = provider.GetRequiredKeyedService<IRemoteFile>("a");
        var unused = provider.GetRequiredKeyedService<IRemoteFile>("b");
        await used.ReadAsync(new byte[1], 0);
        await used.DisposeAsync();
        used.Dispose();
        Assert.Equal(1, await used.ReadAsync(new byte[1], 0));

        if (async)
            await provider.DisposeAsync();
        else
            provider.Dispose();

        Assert.Equal(1, Assert.Single(_opener.Files).Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => used.ReadAsync(new byte[1], 0).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => unused.ReadAsync(new byte[1], 0).AsTask());
    }

    [Fact]
    public async Task Disposing_the_container_cancels_an_opening()
    {
        _opener.Gate = new TaskCompletionSource();
        _services.AddHctef().AddRemoteFile("a", Url);
        ServiceProvider provider = _services.BuildServiceProvider();
        Task<RemoteFileInfo> user = provider.GetRequiredService<IRemoteFile>().GetInfoAsync().AsTask();
        await _opener.Started;

        await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => user);
    }

    private sealed class Consumer([FromKeyedServices("catalog")] IRemoteFile file)
    {
        public IRemoteFile File { get; } = file;
    }
}
