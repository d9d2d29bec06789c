using System.Net.Security;

namespace Hctef.Benchmarks.Clients;

/// <summary>Trusts one certificate and no other.</summary>
internal static class TrustedCertificate
{
    public static void Trust(SocketsHttpHandler handler, byte[]? certificate)
    {
        if (certificate is null)
            return;
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, remote, _, _) => remote?.GetRawCertData().AsSpan().SequenceEqual(certificate) == true,
        };
    }
}
