using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Hctef.Benchmarks.Networks;
using Hctef.TestServer.Honest;
using Hctef.TestServer.Shaping;

namespace Hctef.Benchmarks.Server;

/// <summary>
/// The server's own process. It prints its address and certificate, answers one line of its input with one line, and ends with its
/// input, that is with its parent.
/// </summary>
internal static class ServeVerb
{
    public const string Name = "serve";

    public static async Task RunAsync(string[] arguments)
    {
        NetworkProfile network = NetworkProfiles.Get(arguments[0]);
        using X509Certificate2? certificate = network.Tls ? SelfMadeCertificate.Create() : null;
        await using HonestServer server = await HonestServer.StartAsync(
            new HonestServerOptions { Shape = network.Shape, Certificate = certificate, Fast = true });
        server.Add(ServerFiles.Data, ServerFiles.DataBytes);
        server.Add(ServerFiles.Other, ServerFiles.DataBytes);
        server.Add(ServerFiles.Huge, ServerFiles.HugeBytes);
        server.Log.KeepsRecords = false;
        await Console.Out.WriteLineAsync(
            $"{server.BaseUri} {(certificate is null ? "-" : Convert.ToBase64String(certificate.Export(X509ContentType.Cert)))}");
        while (await Console.In.ReadLineAsync() is { } line)
            await Console.Out.WriteLineAsync(Answer(server, line.Split(' ')));
    }

    private static string Answer(HonestServer server, string[] words)
    {
        switch (words[0])
        {
            case ServerProcess.Reset:
                server.ResetCounts();
                return "ok";
            case ServerProcess.Counts:
                return new ServerCounts(server.RequestCount, server.BodyBytes, server.MaxConcurrency, server.Connections).ToString();
            case ServerProcess.KeepRanges:
                server.Log.KeepsRecords = bool.Parse(words[1]);
                return "ok";
            case ServerProcess.Ranges:
                return string.Join(' ', server.Log.Select(record => record.Range ?? record.Method));
            case ServerProcess.AddGenerated:
                server.Add(words[1], long.Parse(words[2], CultureInfo.InvariantCulture));
                return "ok";
            case ServerProcess.AddLocal:
                server.AddLocalFile(words[1], string.Join(' ', words.Skip(2)));
                return "ok";
            case ServerProcess.Late:
                double share = double.Parse(words[1], CultureInfo.InvariantCulture);
                var delay = TimeSpan.FromMilliseconds(int.Parse(words[2], CultureInfo.InvariantCulture));
                server.Shape = (server.Shape ?? new NetworkShape()) with { Late = share > 0 ? new LateReplies(share, delay) : null };
                return "ok";
            default:
                return "unknown";
        }
    }
}
