namespace Hctef.Http;

/// <summary>What a reply says about who may keep it, and for whom (RFC 9111, sections 4.1 and 5.2.2).</summary>
internal sealed record CacheRules
{
    private string _cacheControl = "";
    private string _vary = "";

    /// <summary>Nothing is said.</summary>
    public static CacheRules None { get; } = new();

    /// <summary><c>no-store</c>: kept only as long as the file is open, for its opener, and never outside memory.</summary>
    public bool NoStore { get; init; }

    /// <summary>
    /// <c>no-cache</c>: each opening asks the origin itself, also where what other machines were told would spare it that. Opening by a request
    /// does so in any case.
    /// </summary>
    public bool NoCache { get; init; }

    /// <summary><c>private</c>: never shared beyond those who send the same credentials.</summary>
    public bool IsPrivate { get; init; }

    /// <summary><c>Vary: *</c>: no other request may be answered by it.</summary>
    public bool VariesByAll { get; init; }

    /// <summary>The request headers that the reply depends on (<c>Vary</c>), in lower case and sorted.</summary>
    public IReadOnlyList<string> VaryNames { get; init; } = [];

    /// <summary>Whether another opening may find the bytes at all.</summary>
    public bool CanBeShared => !NoStore && !VariesByAll;

    /// <summary>Reads the two fields.</summary>
    public static CacheRules Of(string cacheControl, string vary)
    {
        if (cacheControl.Length == 0 && vary.Length == 0)
        {
            return None;
        }

        // A comma within a quoted argument gives a directive too many at worst: stricter, never laxer.
        HashSet<string> directives = [.. ItemsOf(cacheControl).Select(static item => item.Split('=')[0].TrimEnd())];
        string[] names = [.. ItemsOf(vary).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new CacheRules
        {
            _cacheControl = cacheControl,
            _vary = vary,
            NoStore = directives.Contains("no-store"),
            NoCache = directives.Contains("no-cache"),
            IsPrivate = directives.Contains("private"),
            VariesByAll = names.Contains("*", StringComparer.Ordinal),
            VaryNames = names,
        };
    }

    /// <summary>Whether these are the rules of two fields, written as they were when they were read.</summary>
    public bool IsOf(string cacheControl, string vary) => _cacheControl == cacheControl && _vary == vary;

    private static IEnumerable<string> ItemsOf(string list) =>
        list.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
