using System.Globalization;
using System.Numerics;

namespace Hctef.Options;

/// <summary>Collects what is wrong with options: each problem names the option, its value and what is allowed.</summary>
/// <param name="registration">What messages begin with.</param>
internal sealed class OptionsProblems(string registration)
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(3650);

    private readonly List<string> _problems = [];

    public bool Any => _problems.Count > 0;

    public IReadOnlyList<string> Messages => _problems;

    public void Add(string option, string problem) => _problems.Add($"{registration}: {option} {problem}.");

    public void CheckRange<T>(string option, T value, T lowest, T highest)
        where T : INumber<T>
    {
        if (value < lowest || value > highest)
            Add(option, string.Create(CultureInfo.InvariantCulture, $"is {value}, but must be from {lowest} to {highest}"));
    }

    public void CheckAtLeast<T>(string option, T value, T lowest)
        where T : INumber<T>
    {
        if (value < lowest)
            Add(option, string.Create(CultureInfo.InvariantCulture, $"is {value}, but must be at least {lowest}"));
    }

    /// <summary>How long something may take.</summary>
    public void CheckTime(string option, TimeSpan value) => CheckTime(option, value, LongestTime, "above zero and at most one day");

    /// <summary>How long something may take or hold, or zero for not at all.</summary>
    public void CheckTimeOrZero(string option, TimeSpan value)
    {
        if (value != TimeSpan.Zero)
            CheckTime(option, value, LongestTime, "from zero to one day");
    }

    /// <summary>How long something may be kept.</summary>
    public void CheckAge(string option, TimeSpan value) => CheckTime(option, value, LongestAge, "above zero and at most 3650 days");

    public void CheckDefined<T>(string option, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            Add(option, $"is {value}, but must be one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    public override string ToString() => string.Join(' ', _problems);

    private void CheckTime(string option, TimeSpan value, TimeSpan longest, string range)
    {
        if (value <= TimeSpan.Zero || value > longest)
            Add(option, $"is {value:c}, but must be {range} (in configuration \"10\" means ten days and \"00:00:10\" ten seconds)");
    }
}
