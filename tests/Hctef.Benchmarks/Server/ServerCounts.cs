using System.Globalization;

namespace Hctef.Benchmarks.Server;

/// <summary>What a server has seen since its counts were reset; connections since its start.</summary>
internal readonly record struct ServerCounts(int Requests, long BodyBytes, int MaxConcurrency, int Connections)
{
    public static ServerCounts Parse(string line)
    {
        long[] numbers = [.. line.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        return new ServerCounts((int)numbers[0], numbers[1], (int)numbers[2], (int)numbers[3]);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Requests} {BodyBytes} {MaxConcurrency} {Connections}");
}
