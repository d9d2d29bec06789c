using System.Security.Cryptography.X509Certificates;
using Hctef.TestServer.Honest;

namespace Hctef.Tests.TestServers;

public sealed class HonestServerOptionsTests
{
    private const int Length = 2_000_001;

    [Fact]
    public async Task A_fast_server_serves_the_same_bytes_and_counts_them()
    {
        await using HonestServer server = await HonestServer.StartAsync(new HonestServerOptions { Fast = true });
        ServedFile file = server.Add("file", Length);
        using var client = new HttpClient();

        Assert.True(file.Matches(await client.GetByteArrayAsync(file.Uri), 0));
        Assert.Equal(Length, server.BodyBytes);

        server.ResetCounts();
        Assert.Equal(0, server.BodyBytes);
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_TLS_to_those_who_trust_it()
    {
        using X509Certificate2 certificate = SelfMadeCertificate.Create();
        await using HonestServer server = await HonestServer.StartAsync(new HonestServerOptions { Certificate = certificate });
        ServedFile file = server.Add("file", Length);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, remote, _, _) => remote!.GetRawCertData().AsSpan().SequenceEqual(certificate.RawData);
        using var trusting = new HttpClient(handler);
        using var distrusting = new HttpClient();

        Assert.Equal("https", file.Uri.Scheme);
        Assert.True(file.Matches(await trusting.GetByteArrayAsync(file.Uri), 0));
        await Assert.ThrowsAsync<HttpRequestException>(() => distrusting.GetByteArrayAsync(file.Uri));
    }
}
