using System.ComponentModel.DataAnnotations;

namespace Worker.Watching;

/// <summary>How the file is watched.</summary>
internal sealed class WatchOptions
{
    /// <summary>The time between two questions to the origin.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes of what is there already are read at the start: the last ones.</summary>
    [Range(0, int.MaxValue)]
    public int InitialBytes { get; set; } = 1024;
}
