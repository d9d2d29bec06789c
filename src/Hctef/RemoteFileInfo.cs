namespace Hctef;

/// <summary>What is known of the version of a remote file that was opened.</summary>
public sealed record RemoteFileInfo
{
    /// <summary>The length of the file in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The entity tag as the server sent it, quotes and <c>W/</c> included; <see langword="null"/> if it sent none.</summary>
    public string? EntityTag { get; init; }

    /// <summary>When the server says the file was last modified; <see langword="null"/> if it does not say.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>The media type that the server names; <see langword="null"/> if it names none, or what it names is not one.</summary>
    public string? ContentType { get; init; }

    /// <summary>How surely a change of the file is noticed.</summary>
    public RemoteFileConsistency Consistency { get; init; }
}
