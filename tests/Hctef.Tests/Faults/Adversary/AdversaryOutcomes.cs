using System.Collections.Concurrent;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>How operations have ended, counted by kind. Whatever is not among these kinds is a failure of the test.</summary>
internal sealed class AdversaryOutcomes
{
    public const string Right = "right bytes";

    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public int Total => _counts.Values.Sum();

    public int Of(string kind) => _counts.GetValueOrDefault(kind);

    public void Count(string kind) => _counts.AddOrUpdate(kind, 1, static (_, count) => count + 1);

    /// <summary>The kind of an exception that a reader may meet; null for any other.</summary>
    public static string? KindOf(Exception failure, LiarHandle? handle, CancellationToken own) => failure switch
    {
        HctefNetworkException network => "network: " + network.Error,
        RemoteFileChangedException => "changed",
        RangeNotSupportedException ranges => "no ranges: " + ranges.Reason,
        OperationCanceledException cancelled when own.IsCancellationRequested && cancelled.CancellationToken == own => "cancelled by its caller",
        ObjectDisposedException when handle is { IsClosed: true } => "closed meanwhile",
        _ => null,
    };

    public override string ToString() =>
        string.Join(", ", _counts.OrderByDescending(static pair => pair.Value).Select(static pair => $"{pair.Value} {pair.Key}"));
}
