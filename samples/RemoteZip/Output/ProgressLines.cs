using System.Globalization;
using Spectre.Console;

namespace RemoteZip.Output;

/// <summary>Progress for a log or a pipe: a line for each tenth that is done.</summary>
internal sealed class ProgressLines(IAnsiConsole console, string label, long total)
{
    private const int Steps = 10;

    private int _shown;

    public void Report(long done)
    {
        int step = (int)((Int128)done * Steps / Math.Max(1, total));
        if (step <= _shown)
            return;
        _shown = step;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label} {step * 100 / Steps} %"));
    }
}
