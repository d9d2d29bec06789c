namespace Hctef;

/// <summary>
/// The egress guard, for URLs that come from users: to which schemes, hosts, addresses and ports Hctef connects. Every request and every
/// redirect is held against it, and the address that is judged is the one that is dialled. Read once, when the first file is opened.
/// </summary>
/// <remarks>
/// <para>
/// With the guard on, Hctef connects only to public addresses: loopback, private, shared (RFC 6598), link-local, multicast, documentation
/// and reserved ones (RFC 6890), unique-local ones (RFC 4193), those of cloud metadata, and IPv6 addresses that embed such are refused. A
/// refusal is an <see cref="HctefUrlException"/>, before anything is sent to the host; it does not tell whether the host exists.
/// </para>
/// <para>
/// It needs connections of its own: a primary handler other than <see cref="SocketsHttpHandler"/>, one that is in use already or has a
/// <see cref="SocketsHttpHandler.ConnectCallback"/>, a proxy (the environment's too, unless
/// <see cref="SocketsHttpHandler.UseProxy"/> is off) and HTTP/3 stop the start of the host. Handlers that are added in front of it are
/// trusted: what they send by other ways is not seen.
/// </para>
/// </remarks>
public sealed class HctefEgressOptions
{
    /// <summary>Whether the guard is on. The other options here mean nothing while it is off.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool Enabled { get; set; }

    /// <summary>
    /// The only hosts that may be asked: exact names, <c>*.example.com</c> for every name below that one, <c>*</c> for every name,
    /// addresses, and networks such as <c>10.20.0.0/16</c>. A name does not open addresses that are not public: an internal host needs
    /// its name here and its address or network, too.
    /// </summary>
    /// <value>Empty by default: every host that has a public address.</value>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// Hosts that are not asked, whatever <see cref="AllowedHosts"/> says: names, addresses and networks, written as there.
    /// </summary>
    /// <value>Empty by default.</value>
    public IList<string> DeniedHosts { get; } = [];

    /// <summary>The only schemes that may be used, of <c>http</c> and <c>https</c>.</summary>
    /// <value>Empty by default: both.</value>
    public IList<string> AllowedSchemes { get; } = [];

    /// <summary>The only ports that may be connected to, from 1 to 65,535.</summary>
    /// <value>Empty by default: every port.</value>
    public IList<int> AllowedPorts { get; } = [];
}
