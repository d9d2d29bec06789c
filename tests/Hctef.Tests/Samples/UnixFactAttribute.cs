namespace Hctef.Tests.Samples;

/// <summary>A test that needs the signals of Unix.</summary>
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "There are no signals to send on Windows.";
    }
}
