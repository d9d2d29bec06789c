using Microsoft.Net.Http.Headers;

namespace Hctef.AspNetCore.Endpoints;

/// <summary>What conditional requests are held against (RFC 9110, section 8.8).</summary>
/// <param name="EntityTag">As the origin sent it, weak or strong; null if it sent none, or what it sent is none.</param>
/// <param name="LastModified">To the second, which is all that HTTP tells; null if it is unknown.</param>
/// <param name="IsDateStrong">Whether no other version can bear the same date.</param>
internal readonly record struct Validators(EntityTagHeaderValue? EntityTag, DateTimeOffset? LastModified, bool IsDateStrong)
{
    public static Validators Of(RemoteFileInfo info) => new(
        EntityTagHeaderValue.TryParse(info.EntityTag, out EntityTagHeaderValue? tag) && !tag.Equals(EntityTagHeaderValue.Any) ? tag : null,
        info.LastModified is { } date ? DateTimeOffset.FromUnixTimeSeconds(date.ToUnixTimeSeconds()) : null,
        info.Consistency is RemoteFileConsistency.StrongDate or RemoteFileConsistency.Immutable);
}
