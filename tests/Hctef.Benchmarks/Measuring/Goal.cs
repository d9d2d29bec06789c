namespace Hctef.Benchmarks.Measuring;

/// <summary>What a scenario must reach, and what it did.</summary>
internal sealed record Goal(string Text, double Value, double Limit, bool AtLeast)
{
    public bool Passed => AtLeast ? Value >= Limit : Value <= Limit;

    public static Goal AtMost(string text, double value, double limit) => new(text, value, limit, AtLeast: false);

    public static Goal AtLeastOf(string text, double value, double limit) => new(text, value, limit, AtLeast: true);
}
