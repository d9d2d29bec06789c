using Spectre.Console;

namespace RemoteZip.Output;

/// <summary>Where results and progress are written: the one to standard output, the other to standard error.</summary>
internal sealed class Terminal
{
    // A redirected line ends where it ends.
    private const int RedirectedWidth = 4096;

    public Terminal()
    {
        Results = Create(Console.Out);
        Progress = Create(Console.Error);
    }

    public IAnsiConsole Results { get; }

    public IAnsiConsole Progress { get; }

    private static IAnsiConsole Create(TextWriter writer)
    {
        var output = new AnsiConsoleOutput(writer);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = output,
            Ansi = output.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = output.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!output.IsTerminal)
            console.Profile.Width = RedirectedWidth;
        return console;
    }
}
