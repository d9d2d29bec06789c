using System.Collections.Concurrent;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>
/// Decides by a seed how each request is answered: most with the truth, some with one lie or two. What is decided depends on the request
/// and on how often it came, not on the order in which requests of several readers arrive.
/// </summary>
internal sealed class Liar(int seed, IReadOnlyList<LiarFile> files)
{
    private readonly ConcurrentDictionary<string, int> _times = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _told = new(StringComparer.Ordinal);
    private volatile bool _isHonest;

    /// <summary>How often each lie was told.</summary>
    public IReadOnlyDictionary<string, int> Told => _told;

    /// <summary>Tells the truth from now on.</summary>
    public bool IsHonest
    {
        get => _isHonest;
        set => _isHonest = value;
    }

    public LyingReply Answer(LyingRequest request)
    {
        LiarFile file = files.Single(file => file.Path == request.Target);
        int times = _times.AddOrUpdate(request.Target + request.Range, 1, static (_, times) => times + 1);
        var random = new Random(StableHash(seed, request.Target + request.Range, times));
        if (!IsHonest && random.Next(400) == 0)
            file.Change();
        int version = file.Version;
        if (!IsHonest && file.TagOf(version) is not null && random.Next(50) == 0)
            version = Math.Max(1, version - 1);
        return Draft(file, request, version, random).Write();
    }

    private static int StableHash(int seed, string text, int times)
    {
        // HashCode differs from process to process.
        int hash = (seed * 31) + times;
        foreach (char character in text)
            hash = unchecked((hash * 31) + character);
        return hash;
    }

    private LiarDraft Draft(LiarFile file, LyingRequest request, int version, Random random)
    {
        var draft = new LiarDraft(file, request, version, random);
        bool isWanted = !draft.IsPinned || request.Headers["If-Match"] == file.TagOf(version);
        if (!isWanted && random.Next(2) == 0)
        {
            draft.Instead = LyingReply.Status(412);
            return draft;
        }

        if (request.RequestedRange is not { } asked || asked.Resolve(draft.Total) is not { } range)
        {
            draft.Instead = LyingReply.Status(416, ("Content-Range", $"bytes */{draft.Total}"));
            return draft;
        }

        (draft.Start, draft.End) = (range.Start, range.Start + range.Count);
        int lies = IsHonest || random.Next(5) != 0 ? 0 : random.Next(1, 3);
        for (int i = 0; i < lies; i++)
        {
            (string name, Action<LiarDraft> tell) = LiarGrammar.Lies[random.Next(LiarGrammar.Lies.Count)];
            tell(draft);
            _told.AddOrUpdate(name, 1, static (_, times) => times + 1);
        }

        return draft;
    }
}
