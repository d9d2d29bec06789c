using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Hctef.Http;

/// <summary>
/// Which addresses are of the public internet, by the registries of special-purpose addresses (RFC 6890) and what clouds keep for
/// themselves.
/// </summary>
internal static class PublicAddress
{
    private const int EmbeddedOffset = 12;

    private static readonly IPNetwork[] SpecialV4 =
    [
        Network("0.0.0.0/8"),
        Network("10.0.0.0/8"),
        Network("100.64.0.0/10"),
        Network("127.0.0.0/8"),
        Network("169.254.0.0/16"),
        Network("172.16.0.0/12"),
        Network("192.0.0.0/24"),
        Network("192.0.2.0/24"),
        Network("192.88.99.0/24"),
        Network("192.168.0.0/16"),
        Network("198.18.0.0/15"),
        Network("198.51.100.0/24"),
        Network("203.0.113.0/24"),
        Network("224.0.0.0/4"),
        Network("240.0.0.0/4"),

        // Azure's metadata and DNS answer here, inside every virtual network only.
        Network("168.63.129.16/32"),
    ];

    private static readonly IPNetwork GlobalUnicast = Network("2000::/3");

    /// <summary>Protocol assignments (with Teredo and ORCHID), documentation and 6to4, which all lie in 2000::/3.</summary>
    private static readonly IPNetwork[] SpecialV6 =
        [Network("2001::/23"), Network("2001:db8::/32"), Network("2002::/16"), Network("3fff::/20")];

    /// <summary>IPv6-only networks reach public IPv4 hosts through it (RFC 6052); of the address embedded the same is asked.</summary>
    private static readonly IPNetwork Nat64 = Network("64:ff9b::/96");

    public static bool Is(IPAddress address)
    {
        if (Unmap(address) is { AddressFamily: AddressFamily.InterNetwork } v4)
        {
            return !Array.Exists(SpecialV4, network => network.Contains(v4));
        }

        if (TranslatedV4(address) is { } behind)
        {
            return Is(behind);
        }

        return GlobalUnicast.Contains(address)
            && !Array.Exists(SpecialV6, network => network.Contains(address))
            && (!IsIsatap(address) || Is(EmbeddedV4(address)));
    }

    /// <summary>The address that is connected to: IPv4 where it is written as IPv6, and without a zone.</summary>
    public static IPAddress Unmap(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        return address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 } ? new IPAddress(address.GetAddressBytes()) : address;
    }

    /// <summary>The IPv4 host that a network of IPv6 alone reaches by this address; null if it is none of those.</summary>
    public static IPAddress? TranslatedV4(IPAddress address) => Nat64.Contains(address) ? EmbeddedV4(address) : null;

    /// <summary>A tunnel to the IPv4 address in the last bytes (RFC 5214, section 6.1), within any prefix.</summary>
    private static bool IsIsatap(IPAddress address)
    {
        const uint Identifier = 0x5efe;
        const uint UniversalBit = 0x0200_0000;
        return (BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes().AsSpan(8)) & ~UniversalBit) == Identifier;
    }

    private static IPAddress EmbeddedV4(IPAddress address) => new(address.GetAddressBytes().AsSpan(EmbeddedOffset));

    private static IPNetwork Network(string text) => IPNetwork.Parse(text);
}
