using Hctef.Tests.DependencyInjection;
using Hctef.Tests.Faults;
using Hctef.TestServer.Lying;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Files;

/// <summary>URLs reach the server byte for byte, by whatever way they come: a signature covers the bytes.</summary>
public sealed class ExactUrlTests : IAsyncDisposable
{
    private const string Target = "/a%7Eb/../c/./%41%2fd?sig=a%2Fb%2fc%3D&x=%7e+(1)";

    private readonly HostileFile _file = new(10_000);
    private readonly LyingServer _server;
    private string _redirect = "";

    public ExactUrlTests() => _server = LyingServer.Start(request => _redirect.Length > 0 && request.Number == 1
        ? LyingReply.Status(302, ("Location", _redirect))
        : _file.Answer(request));

    private string Authority => _server.BaseUri.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task J17_of_a_call()
    {
        await using ServiceProvider services = CreateServices();
        using IRemoteFile file = await services.GetRequiredService<IRangeReaderFactory>().OpenAsync(new Uri(Authority + Target + "#part"));
        await AssertReadsAsync(file);

        Assert.All(_server.Requests, request => Assert.Equal(Target, request.Target));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task J17_of_a_redirect(bool absolute)
    {
        _redirect = (absolute ? Authority : "") + Target;
        await using ServiceProvider services = CreateServices();
        using IRemoteFile file = await services.GetRequiredService<IRangeReaderFactory>().OpenAsync(_server.BaseUri);

        Assert.Equal(["/", Target], _server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task J17_of_the_configuration()
    {
        await using ServiceProvider services = CreateServices(("Files:catalog:Url", Authority + Target));
        IRemoteFile file = services.GetRequiredKeyedService<IRemoteFile>("catalog");
        await AssertReadsAsync(file);

        Assert.All(_server.Requests, request => Assert.Equal(Target, request.Target));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static ServiceProvider CreateServices(params (string, string?)[] settings)
    {
        var services = new ServiceCollection();
        services.AddHctef(TestContainer.Section([("FileDefaults:PrefetchBytes", "0"), .. settings]));
        return services.BuildServiceProvider();
    }

    private async Task AssertReadsAsync(IRemoteFile file)
    {
        byte[] buffer = new byte[1000];
        Assert.Equal(buffer.Length, await file.ReadAsync(buffer, 5000, sync: false));
        Assert.True(_file.Content.Matches(buffer, 5000));
        Assert.Equal(2, _server.Requests.Count);
    }
}
