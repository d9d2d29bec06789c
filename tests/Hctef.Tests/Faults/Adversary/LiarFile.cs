using System.Globalization;
using Hctef.TestServer.Content;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>
/// A file of a liar: its bytes are a function of (name, version, offset), beyond its end, too, so that whatever a reply claims to be has
/// right bytes. Without tags nobody could see a change, so that one without has one version only.
/// </summary>
internal sealed class LiarFile(int number, int baseLength, bool tagged)
{
    private int _version = 1;

    public string Path { get; } = "/" + number.ToString(CultureInfo.InvariantCulture);

    public int Version => Volatile.Read(ref _version);

    /// <summary>The version that an entity tag names; that of a file without tags is 1.</summary>
    public static int VersionOf(string? entityTag) =>
        entityTag is null ? 1 : int.Parse(entityTag.AsSpan(2, entityTag.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Every second version has the length of the one before.</summary>
    public int LengthOf(int version) => baseLength + (version / 2 * 13);

    public string? TagOf(int version) => tagged ? string.Create(CultureInfo.InvariantCulture, $"\"v{version}\"") : null;

    public TestContent ContentOf(int version) => new("liar" + Path, version);

    public void Change()
    {
        if (tagged)
            Interlocked.Increment(ref _version);
    }
}
