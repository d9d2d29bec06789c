using System.Net.Sockets;

namespace Hctef.TestServer.Honest;

/// <summary>
/// Asks for cubic where the system has it: under BBR, some systems' default, loopback connections pace themselves oddly. Accepted
/// sockets inherit it from the listening one.
/// </summary>
internal static class CongestionControl
{
    private const int TcpLevel = 6;
    private const int TcpCongestion = 13;

    public static void UseCubic(Socket listener)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            listener.SetRawSocketOption(TcpLevel, TcpCongestion, "cubic"u8);
        }
        catch (SocketException)
        {
            // The system keeps its default.
        }
    }
}
