using System.Net;

namespace Hctef.Http;

/// <summary>What the egress guard allows: schemes, ports, hosts, addresses. Immutable.</summary>
internal sealed class EgressPolicy
{
    private readonly HostSet _allowed;
    private readonly HostSet _denied;
    private readonly string[] _schemes;
    private readonly int[] _ports;

    public EgressPolicy(HctefEgressOptions options)
    {
        _allowed = new HostSet(options.AllowedHosts);
        _denied = new HostSet(options.DeniedHosts);
        _schemes = [.. options.AllowedSchemes];
        _ports = [.. options.AllowedPorts];
    }

    /// <summary>Makes the policy of options; null if the guard is off.</summary>
    public static EgressPolicy? Create(HctefEgressOptions options) => options.Enabled ? new EgressPolicy(options) : null;

    public static bool IsScheme(string? scheme) =>
        string.Equals(scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase)
        || string.Equals(scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    /// <summary>Refuses what the URL alone shows; the addresses of a name are judged when they are dialled.</summary>
    /// <exception cref="HctefUrlException">The scheme, the port or the host is not allowed.</exception>
    public void Check(Uri uri)
    {
        if (!HttpUrl.Is(uri) || (_schemes.Length > 0 && !_schemes.Contains(uri.Scheme, StringComparer.OrdinalIgnoreCase)))
        {
            throw Refused(RedactedUrl.OriginOf(uri), $"its scheme is not allowed ({nameof(HctefOptions)}.Egress.AllowedSchemes)");
        }

        if (_ports.Length > 0 && !_ports.Contains(uri.Port))
        {
            throw Refused(RedactedUrl.OriginOf(uri), $"its port is not allowed ({nameof(HctefOptions)}.Egress.AllowedPorts)");
        }

        if (!AllowsHost(uri.IdnHost))
        {
            throw RefusedHost(RedactedUrl.OriginOf(uri));
        }
    }

    /// <summary>Whether a host may be connected to, if its addresses may. A host that is an address is judged as such.</summary>
    public bool AllowsHost(string host) => IPAddress.TryParse(host, out IPAddress? address)
        ? AllowsAddress(address) && (_allowed.IsEmpty || _allowed.HasAddress(address))
        : !_denied.HasName(host) && (_allowed.IsEmpty || _allowed.HasName(host));

    /// <summary>Whether an address of a host that is allowed may be dialled.</summary>
    public bool AllowsAddress(IPAddress address) =>
        !IsDenied(address) && (PublicAddress.Is(address) || _allowed.HasAddress(address));

    /// <summary>One message for all that a host may be: who asks must not learn which internal hosts there are.</summary>
    public static HctefUrlException RefusedHost(string origin) =>
        Refused(origin, $"its host is not allowed, or has no address that is ({nameof(HctefOptions)}.Egress.AllowedHosts)");

    /// <summary>A host that is denied stays so behind a translator.</summary>
    private bool IsDenied(IPAddress address) =>
        _denied.HasAddress(address) || (PublicAddress.TranslatedV4(address) is { } behind && _denied.HasAddress(behind));

    private static HctefUrlException Refused(string origin, string reason) => new($"The egress guard refused {origin}: {reason}.");
}
