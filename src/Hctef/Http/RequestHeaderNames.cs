using System.Collections.Frozen;

namespace Hctef.Http;

/// <summary>What is known of request headers by their names.</summary>
internal static class RequestHeaderNames
{
    public const string Range = "Range";
    public const string AcceptEncoding = "Accept-Encoding";
    public const string IfMatch = "If-Match";
    public const string IfNoneMatch = "If-None-Match";
    public const string Host = "Host";
    public const string CacheControl = "Cache-Control";
    public const string NoCache = "no-cache";

    /// <summary>What Hctef itself sets; it goes to every hop of a redirect and says nothing about who asks.</summary>
    public static readonly FrozenSet<string> Own = Set(Range, AcceptEncoding, IfMatch, IfNoneMatch);

    /// <summary>What a caller may not give: it would change what is asked, or how the message is framed.</summary>
    public static readonly FrozenSet<string> Reserved = Set(
        Range, AcceptEncoding, IfMatch, IfNoneMatch, Host,
        "If-Range", "If-Modified-Since", "If-Unmodified-Since",
        "Content-Length", "Transfer-Encoding", "TE", "Trailer", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "Expect");

    /// <summary>What no further hop gets: where the request came from, and traces, which the transport writes anew.</summary>
    public static readonly FrozenSet<string> NeverForwarded = Set(
        "Referer", "Origin", "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context");

    /// <summary>What differs between requests of one caller, or frames the message: no part of the credential fingerprint.</summary>
    public static readonly FrozenSet<string> Neutral = Set(
        Range, AcceptEncoding, IfMatch, IfNoneMatch, Host, "Connection", "Keep-Alive", "Transfer-Encoding", "TE",
        "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context", "X-Request-Id", "X-Correlation-Id");

    /// <summary>The standard fields of who asks, which change while it is the same caller: tokens expire.</summary>
    public static readonly FrozenSet<string> Credentials = Set("Authorization", "Proxy-Authorization", "Cookie");

    private static FrozenSet<string> Set(params IEnumerable<string> names) => names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
