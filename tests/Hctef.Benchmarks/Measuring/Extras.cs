namespace Hctef.Benchmarks.Measuring;

/// <summary>Named numbers, in the order in which they came.</summary>
internal sealed class Extras
{
    private readonly List<KeyValuePair<string, double>> _values = [];

    public IReadOnlyList<KeyValuePair<string, double>> Values => _values;

    public double this[string name] => _values.First(value => string.Equals(value.Key, name, StringComparison.Ordinal)).Value;

    public void Add(string name, double value) => _values.Add(new(name, value));

    /// <summary>The medians of several runs that report the same numbers.</summary>
    public static Extras MedianOf(IReadOnlyList<Extras> runs)
    {
        var medians = new Extras();
        foreach ((string name, _) in runs.Count > 0 ? runs[0]._values : [])
            medians.Add(name, Median.Of(runs.Select(run => run[name])));
        return medians;
    }
}
