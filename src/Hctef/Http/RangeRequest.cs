namespace Hctef.Http;

/// <summary>The message of a range request.</summary>
internal static class RangeRequest
{
    private const string Identity = "identity";

    public static HttpRequestMessage Create(
        HttpClient client, RangeTarget target, RequestedRange range, Representation? pinned, RequestForm form, RangeRequestContext context)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, target.Uri)
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        request.Options.Set(RangeRequestContext.Key, context);
        if (!range.IsWhole)
        {
            request.Headers.TryAddWithoutValidation(RequestHeaderNames.Range, range.ToHeaderValue());
        }

        request.Headers.TryAddWithoutValidation(RequestHeaderNames.AcceptEncoding, Identity);

        // A hint that spares the body of another version; the comparison of the reply is the proof. HttpClient sends ASCII alone.
        if (!form.OmitsIfMatch)
        {
            AddCondition(request, RequestHeaderNames.IfMatch, pinned);
        }

        AddCondition(request, RequestHeaderNames.IfNoneMatch, form.Known);

        foreach ((string name, string value) in target.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        BypassCaches(request, context);
        return request;
    }

    /// <summary>Where that is asked, has caches validate what they keep before they answer (RFC 9111, section 5.2.1.4).</summary>
    public static void BypassCaches(HttpRequestMessage message, RangeRequestContext context)
    {
        if (context.BypassesCaches)
        {
            message.Headers.TryAddWithoutValidation(RequestHeaderNames.CacheControl, RequestHeaderNames.NoCache);
        }
    }

    /// <summary>What the handlers did to the message that makes its reply worthless.</summary>
    public static RangeJudgement? FindFlaw(HttpRequestMessage sent, RangeTarget target, RangeRequestContext context)
    {
        // Automatic decompression adds its codings here; it would take away the headers that show a coded reply.
        if (!sent.Headers.NonValidated.TryGetValues(RequestHeaderNames.AcceptEncoding, out var codings) || codings.ToString() != Identity)
        {
            return new RangeJudgement(
                RangeVerdict.Protocol, "a handler of the HttpClient asked for a content coding; turn its AutomaticDecompression off");
        }

        // Without Hctef's own redirect handler somebody else may have followed a redirect.
        return context.ServedBy is null && target.Uri.Scheme == Uri.UriSchemeHttps && sent.RequestUri?.Scheme == Uri.UriSchemeHttp
            ? new RangeJudgement(RangeVerdict.Protocol, "a handler of the HttpClient followed a redirect from https to http")
            : null;
    }

    private static void AddCondition(HttpRequestMessage request, string name, Representation? version)
    {
        if (version is { HasStrongEntityTag: true, EntityTag: { } tag } && System.Text.Ascii.IsValid(tag))
        {
            request.Headers.TryAddWithoutValidation(name, tag);
        }
    }
}
