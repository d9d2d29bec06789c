namespace Hctef.Http;

/// <summary>How a range request departs from the usual one.</summary>
/// <param name="OmitsIfMatch">Whether the hint <c>If-Match</c> is left out: the comparison of the reply is the proof in any case.</param>
/// <param name="BypassesCaches">Whether caches on the way are told to ask the origin.</param>
/// <param name="AsksOriginal">Whether the file's own URL is asked, wherever its redirects led.</param>
internal readonly record struct RequestForm(bool OmitsIfMatch = false, bool BypassesCaches = false, bool AsksOriginal = false);
