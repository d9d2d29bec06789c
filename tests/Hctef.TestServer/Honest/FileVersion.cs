using System.Globalization;
using System.Text;
using Hctef.TestServer.Content;

namespace Hctef.TestServer.Honest;

/// <summary>One immutable state of a served file; a reply shows one of them from its start to its end.</summary>
internal sealed record FileVersion(int Version, long Length, ContentReader Content, string? EntityTag, DateTimeOffset? LastModified)
{
    private static readonly DateTimeOffset FirstModified = new(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset DefaultLastModified(int version) => FirstModified.AddMinutes(version);

    /// <summary>A strong tag, different for each name and version.</summary>
    public static string DefaultEntityTag(string path, int version) => string.Create(
        CultureInfo.InvariantCulture,
        $"\"{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(path))}-{version}\"");
}
