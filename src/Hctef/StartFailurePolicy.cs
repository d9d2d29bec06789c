namespace Hctef;

/// <summary>What happens when a file that is to be opened at start cannot be opened then, after all retries.</summary>
public enum StartFailurePolicy
{
    /// <summary>The start of the host fails with an <see cref="HctefException"/> that names the file.</summary>
    Fail,

    /// <summary>A warning is logged and the host starts; the file opens on its first use.</summary>
    Warn,
}
