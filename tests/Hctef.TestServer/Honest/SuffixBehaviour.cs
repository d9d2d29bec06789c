namespace Hctef.TestServer.Honest;

/// <summary>What a server makes of <c>bytes=-N</c>.</summary>
public enum SuffixBehaviour
{
    /// <summary>The last N bytes.</summary>
    Honest,

    /// <summary>The first N bytes, correctly labelled as <c>0-(N-1)</c>.</summary>
    AsPrefix,

    /// <summary>The range is ignored.</summary>
    WholeAs200,

    /// <summary>The whole file, labelled as a range.</summary>
    WholeAs206,
    Status400,
    Status416,
    Status501,
}
