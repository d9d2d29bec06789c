using Hctef.Tests.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hctef.Tests.DependencyInjection;

public sealed class AddHctefTests
{
    private static readonly Uri Url = new("https://example.com/a.zip");

    private readonly ServiceCollection _services = new();

    [Fact]
    public void Every_overload_gives_one_singleton_factory()
    {
        Action<IServiceCollection>[] overloads =
        [
            s => s.AddHctef(),
            s => s.AddHctef(o => o.Transport.MaxRedirects = 3),
            s => s.AddHctef(TestContainer.Section()),
        ];
        foreach (Action<IServiceCollection> add in overloads)
        {
            var services = new ServiceCollection();
            add(services);
            using ServiceProvider provider = services.BuildServiceProvider(validateScopes: true);

            var factory = provider.GetRequiredService<IRangeReaderFactory>();
            using IServiceScope scope = provider.CreateScope();
            Assert.Same(factory, scope.ServiceProvider.GetRequiredService<IRangeReaderFactory>());
        }
    }

    [Fact]
    public void Keyed_registrations_stand_side_by_side()
    {
        _services.AddHctef(o => o.Transport.MaxRedirects = 1);
        IHctefBuilder a = _services.AddKeyedHctef("a", o => o.Transport.MaxRedirects = 2);
        _services.AddKeyedHctef("b", TestContainer.Section(("Transport:MaxRedirects", "3")));
        _services.AddKeyedHctef("c");
        using ServiceProvider provider = _services.BuildServiceProvider();

        object[] factories =
        [
            provider.GetRequiredService<IRangeReaderFactory>(),
            provider.GetRequiredKeyedService<IRangeReaderFactory>("a"),
            provider.GetRequiredKeyedService<IRangeReaderFactory>("b"),
            provider.GetRequiredKeyedService<IRangeReaderFactory>("c"),
        ];
        Assert.Equal(4, factories.Distinct().Count());
        Assert.Equal([1, 2, 3, 10], new[] { "", "a", "b", "c" }.Select(n => provider.GetHctefOptions(n).Transport.MaxRedirects));
        Assert.Equal("a", a.Name);
        Assert.Equal("Hctef:a", a.HttpClientBuilder.Name);
        Assert.Same(_services, a.Services);
    }

    [Fact]
    public void Only_keyed_leaves_the_plain_factory_alone()
    {
        _services.AddKeyedHctef("a");
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Null(provider.GetService<IRangeReaderFactory>());
    }

    [Fact]
    public void The_default_builder_has_no_name()
    {
        IHctefBuilder builder = _services.AddHctef();

        Assert.Equal("", builder.Name);
        Assert.Equal("Hctef", builder.HttpClientBuilder.Name);
    }

    [Fact]
    public void Twice_adds_services_once_and_sums_up_what_is_configured()
    {
        _services.AddHctef(o => o.Transport.MaxRedirects = 1);
        int before = _services.Count;
        _services.AddHttpClient("Hctef");
        int ofTheFramework = _services.Count - before;
        _services.AddHctef();
        Assert.Equal(before + (2 * ofTheFramework), _services.Count);

        _services.AddHctef(o => o.Retry.MaxRetries = 2);
        _services.AddKeyedHctef("a");
        _services.AddKeyedHctef("a", o => o.Retry.MaxRetries = 3);
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Equal(1, provider.GetHctefOptions().Transport.MaxRedirects);
        Assert.Equal(2, provider.GetHctefOptions().Retry.MaxRetries);
        Assert.Equal(3, provider.GetHctefOptions("a").Retry.MaxRetries);
        Assert.Single(provider.GetServices<IRangeReaderFactory>());
        Assert.Single(provider.GetKeyedServices<IRangeReaderFactory>("a"));
    }

    [Fact]
    public void What_the_user_registered_first_stays()
    {
        var factory = Moq.Mock.Of<IRangeReaderFactory>();
        var time = Moq.Mock.Of<TimeProvider>();
        _services.AddSingleton(factory).AddSingleton(time);
        _services.AddHctef();
        using ServiceProvider provider = _services.BuildServiceProvider();

        Assert.Same(factory, provider.GetRequiredService<IRangeReaderFactory>());
        Assert.Same(time, provider.GetRequiredService<TimeProvider>());
    }

    [Fact]
    public void Null_and_blank_arguments_are_refused()
    {
        IServiceCollection none = null!;
        IConfigurationSection noSection = null!;
        Action<HctefOptions> noAction = null!;
        IHctefBuilder noBuilder = null!;
        IHctefBuilder builder = _services.AddHctef();
        IConfigurationSection section = TestContainer.Section();

        Assert.Throws<ArgumentNullException>("services", () => none.AddHctef());
        Assert.Throws<ArgumentNullException>("services", () => none.AddHctef(_ => { }));
        Assert.Throws<ArgumentNullException>("services", () => none.AddHctef(section));
        Assert.Throws<ArgumentNullException>("services", () => none.AddKeyedHctef("a"));
        Assert.Throws<ArgumentNullException>("services", () => none.AddKeyedHctef("a", section));
        Assert.Throws<ArgumentNullException>("configure", () => _services.AddHctef(noAction));
        Assert.Throws<ArgumentNullException>("section", () => _services.AddHctef(noSection));
        Assert.Throws<ArgumentNullException>("section", () => _services.AddKeyedHctef("a", noSection));
        Assert.Throws<ArgumentNullException>("name", () => _services.AddKeyedHctef(null!));
        Assert.Throws<ArgumentException>("name", () => _services.AddKeyedHctef(""));
        Assert.Throws<ArgumentException>("name", () => _services.AddKeyedHctef(" ", section));
        Assert.Throws<ArgumentNullException>("builder", () => noBuilder.AddRemoteFile("a", Url));
        Assert.Throws<ArgumentNullException>("name", () => builder.AddRemoteFile(null!, Url));
        Assert.Throws<ArgumentException>("name", () => builder.AddRemoteFile(" ", Url));
        Assert.Throws<ArgumentNullException>("url", () => builder.AddRemoteFile("a", null!));
        Assert.Throws<ArgumentNullException>("builder", () => noBuilder.ConfigureRemoteFile("a", (_, _) => { }));
        Assert.Throws<ArgumentException>("name", () => builder.ConfigureRemoteFile("", (_, _) => { }));
        Assert.Throws<ArgumentNullException>("configure", () => builder.ConfigureRemoteFile("a", null!));
        Assert.Throws<ArgumentNullException>("builder", () => noBuilder.ConfigureHttpClient(_ => { }));
        Assert.Throws<ArgumentNullException>("configure", () => builder.ConfigureHttpClient(null!));
    }

    [Fact]
    public void Wrong_options_fail_the_start_and_the_use()
    {
        _services.AddHctef(o => o.Transport.MaxRedirects = 99);
        _services.AddKeyedHctef("a", o => o.Cache.BlockBytes = 1);
        using ServiceProvider provider = _services.BuildServiceProvider();

        var e = Assert.Throws<AggregateException>(provider.ValidateAsAtStart);
        string[] failures = [.. e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(x => x.Failures)];
        Assert.Equal(2, failures.Length);
        Assert.Contains(failures, f => f.StartsWith("Hctef: Transport.MaxRedirects is 99", StringComparison.Ordinal));
        Assert.Contains(failures, f => f.StartsWith("Hctef:a: Cache.BlockBytes is 1", StringComparison.Ordinal));
        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<IRemoteFile>("x"));
    }

    [Fact]
    public void Valid_options_pass_the_start_and_start_nothing()
    {
        var opener = new FakeOpener();
        _services.OpenBy(opener);
        _services.AddHctef().AddRemoteFile("catalog", Url);
        using ServiceProvider provider = _services.BuildServiceProvider();

        provider.ValidateAsAtStart();

        Assert.Empty(opener.Openings);
    }
}
