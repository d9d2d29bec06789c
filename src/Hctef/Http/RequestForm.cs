namespace Hctef.Http;

/// <summary>How a range request departs from the usual one.</summary>
/// <param name="OmitsIfMatch">Whether the hint <c>If-Match</c> is left out: the comparison of the reply is the proof in any case.</param>
/// <param name="BypassesCaches">Whether caches on the way are told to ask the origin.</param>
/// <param name="AsksOriginal">Whether the file's own URL is asked, wherever its redirects led.</param>
/// <param name="Known">
/// The version of which the reply need only say that it is still the one (RFC 9110, section 13.1.2), while the file opens; it has a strong
/// entity tag. Null where none is known.
/// </param>
internal readonly record struct RequestForm(bool OmitsIfMatch = false, bool BypassesCaches = false, bool AsksOriginal = false, Representation? Known = null);
