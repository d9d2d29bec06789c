namespace Hctef.AspNetCore.Endpoints;

/// <summary>What the conditions of a request come to.</summary>
internal enum PreconditionResult
{
    /// <summary>The request is carried out.</summary>
    Proceed,

    /// <summary>304: the client has the version already.</summary>
    NotModified,

    /// <summary>412: the client wants another version.</summary>
    Failed,
}
