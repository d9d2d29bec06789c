using System.Globalization;
using System.Text;

namespace Hctef.TestServer.Lying;

/// <summary>Writes a status line and headers: the usual ones, unless the script overrides or omits them.</summary>
internal static class ReplyHead
{
    public static byte[] Write(
        int status,
        IEnumerable<(string Name, string? Value)> usual,
        IReadOnlyCollection<(string Name, string? Value)> overrides)
    {
        IEnumerable<(string Name, string? Value)> kept = usual.Where(
            field => !overrides.Any(other => string.Equals(other.Name, field.Name, StringComparison.OrdinalIgnoreCase)));
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Scripted\r\n");
        foreach ((string name, string? value) in kept.Concat(overrides))
        {
            if (value is not null)
                head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }
}
