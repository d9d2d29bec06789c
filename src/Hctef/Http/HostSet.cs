using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;

namespace Hctef.Http;

/// <summary>A set of hosts as options write them: names, names below one, addresses, networks. Immutable.</summary>
internal sealed class HostSet
{
    private const string Any = "*";
    private const string Below = "*.";

    /// <summary>What ::ffff:0:0/96 has before the IPv4 address (RFC 4291, section 2.5.5.2).</summary>
    private const int MappedPrefix = 96;

    private readonly FrozenSet<string> _names;
    private readonly string[] _suffixes;
    private readonly IPNetwork[] _networks;
    private readonly bool _hasAnyName;

    /// <summary>Reads entries; those that are none are left out, as validation has refused them.</summary>
    public HostSet(IEnumerable<string> entries)
    {
        string[] valid = [.. entries.Where(IsEntry)];
        string[] names = [.. valid.Where(static entry => TryParseNetwork(entry) is null)];
        _networks = [.. valid.Select(TryParseNetwork).OfType<IPNetwork>()];
        _hasAnyName = names.Contains(Any);
        _suffixes = [.. names.Where(IsBelow).Select(static name => "." + Normalize(name[Below.Length..]))];
        _names = names.Where(static name => name != Any && !IsBelow(name)).Select(Normalize).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        IsEmpty = valid.Length == 0;
    }

    public bool IsEmpty { get; }

    /// <summary>Whether an entry of the options means something.</summary>
    public static bool IsEntry(string? entry) =>
        entry is Any || (entry is not null && (TryParseNetwork(entry) is not null || IsName(IsBelow(entry) ? entry[Below.Length..] : entry)));

    /// <summary>Whether it has a host's name, which is no address and stands as in DNS.</summary>
    public bool HasName(string host)
    {
        string name = host.TrimEnd('.');
        return _hasAnyName
            || _names.Contains(name)
            || Array.Exists(_suffixes, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
    }

    public bool HasAddress(IPAddress address)
    {
        IPAddress dialled = PublicAddress.Unmap(address);
        return Array.Exists(_networks, network => network.Contains(dialled));
    }

    private static bool IsBelow(string entry) => entry.StartsWith(Below, StringComparison.Ordinal);

    private static bool IsName(string text) =>
        Uri.CheckHostName(text) == UriHostNameType.Dns
        && Uri.TryCreate($"http://{text}/", UriKind.Absolute, out Uri? uri)
        && !IPAddress.TryParse(uri.IdnHost, out _);

    /// <summary>As it stands in DNS: without the dot of the root, which names the same host.</summary>
    private static string Normalize(string name) => new Uri($"http://{name}/").IdnHost.TrimEnd('.');

    private static IPNetwork? TryParseNetwork(string entry)
    {
        if (entry.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(entry, out IPNetwork network) ? Unmap(network) : null;
        }

        // IPAddress also reads "10" and "0x7f.1", which nobody means.
        return IPAddress.TryParse(entry, out IPAddress? address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == entry)
                ? Of(PublicAddress.Unmap(address))
                : null;
    }

    /// <summary>A network of IPv4 addresses that is written as IPv6: addresses are looked for as they are dialled.</summary>
    private static IPNetwork Unmap(IPNetwork network) =>
        network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefix
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefix)
            : network;

    private static IPNetwork Of(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);
}
