namespace Hctef.Http;

/// <summary>How a range request departs from the usual one, after a reply that was not accepted.</summary>
/// <param name="OmitsIfMatch">Whether the hint <c>If-Match</c> is left out: the comparison of the reply is the proof in any case.</param>
/// <param name="BypassesCaches">Whether caches on the way are told to ask the origin.</param>
internal readonly record struct RequestForm(bool OmitsIfMatch = false, bool BypassesCaches = false);
