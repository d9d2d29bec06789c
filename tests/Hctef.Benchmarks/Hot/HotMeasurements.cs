using System.Globalization;
using Hctef.Benchmarks.Measuring;

namespace Hctef.Benchmarks.Hot;

/// <summary>The phases of all rounds, and the medians that are reported of them.</summary>
internal sealed class HotMeasurements
{
    private const double LeastOfFile = 2.3;
    private const double LeastOfCopy = 0.75;
    private static readonly string[] Readers = [HctefHotReader.ReaderName, LocalHotReader.ReaderName, CopyHotReader.ReaderName];

    private readonly Dictionary<(string Reader, int Threads), List<HotPhase>> _phases = [];

    public void Add(string reader, int threads, HotPhase phase)
    {
        if (!_phases.TryGetValue((reader, threads), out List<HotPhase>? list))
            _phases.Add((reader, threads), list = []);
        list.Add(phase);
    }

    /// <summary>Reads per second of all threads together.</summary>
    public double Rate(string reader, int threads) => Median.Of(_phases[(reader, threads)].Select(phase => phase.ReadsPerSecond));

    public void Report(int threads, Extras extras)
    {
        foreach (string reader in Readers)
            extras.Add($"{reader}, {Count(threads)}, million reads/s", Rate(reader, threads) / 1e6);
        foreach (string reader in Readers)
            extras.Add($"{reader}, {Count(threads)}, ns of processor time per read", Cpu(reader, threads) * 1e9);
    }

    public IEnumerable<Goal> Judge(int threads)
    {
        double hctef = Rate(HctefHotReader.ReaderName, threads);
        double file = Rate(LocalHotReader.ReaderName, threads);
        double copy = Rate(CopyHotReader.ReaderName, threads);
        double allocated = _phases[(HctefHotReader.ReaderName, threads)].Max(phase => phase.AllocatedBytesPerRead);
        yield return Goal.AtLeastOf($"rate / RandomAccess, {Count(threads)}", hctef / file, LeastOfFile);
        yield return Goal.AtLeastOf($"rate / memory copy, {Count(threads)}", hctef / copy, LeastOfCopy);
        yield return Goal.AtMost($"bytes allocated per read, {Count(threads)}", Math.Round(allocated, 2), 0);
    }

    private static string Count(int threads) =>
        threads == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{threads} threads");

    private double Cpu(string reader, int threads) => Median.Of(_phases[(reader, threads)].Select(phase => phase.CpuSecondsPerRead));
}
