using Hctef.TestServer.Content;

namespace Hctef.Benchmarks.Server;

/// <summary>What every server of the benchmarks serves from its start on.</summary>
internal static class ServerFiles
{
    public const string Data = "data.bin";
    public const long DataBytes = 256L << 20;

    /// <summary>As long as <see cref="Data"/>, with other bytes.</summary>
    public const string Other = "other.bin";

    public const string Huge = "huge.bin";
    public const long HugeBytes = 1L << 40;

    public static TestContent DataContent { get; } = new(Data);

    public static TestContent OtherContent { get; } = new(Other);

    public static TestContent HugeContent { get; } = new(Huge);
}
