using System.Globalization;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults.Adversary;

/// <summary>The lies, each of which spoils a draft; some go together. What could not be seen by anybody is not among them.</summary>
internal static class LiarGrammar
{
    public static readonly IReadOnlyList<(string Name, Action<LiarDraft> Tell)> Lies =
    [
        ("start earlier", draft => draft.Start = Math.Max(0, draft.Start - draft.Random.Next(1, 100))),
        ("start later", draft => draft.Start = Math.Min(draft.End - 1, draft.Start + draft.Random.Next(1, 100))),
        ("end later", draft => draft.End += draft.Random.Next(1, 100)),
        ("shorter prefix", draft => draft.End = draft.Random.NextInt64(draft.Start + 1, draft.End + 1)),
        ("other range", draft => (draft.Start, draft.End) = (draft.Start + 8, draft.End + 8)),
        ("total larger", draft => draft.Total += draft.Random.Next(1, 100_000)),
        ("total smaller", draft => draft.Total = Math.Max(1, draft.Total - draft.Random.Next(1, 100_000))),
        ("no Content-Range", draft => draft.Headers.Add(("Content-Range", null))),
        ("two Content-Ranges", draft => draft.Headers.Add(("Content-Range", "bytes 0-0/1\r\nContent-Range: bytes 1-1/2"))),
        ("unknown total", draft => draft.RangeFormat = "bytes {0}-{1}/*"),
        ("absurd Content-Range", draft => draft.RangeFormat = "bytes {0}-9223372036854775807/*"),
        ("other unit", draft => draft.RangeFormat = "items {0}-{1}/{2}"),
        ("Content-Length larger", draft => draft.LengthError = 7),
        ("Content-Length smaller", draft => draft.LengthError = -1),
        ("gzip", draft => (draft.IsGarbage, _) = (true, Add(draft, "Content-Encoding", "gzip"))),
        ("multipart", draft => (draft.IsGarbage, _) = (true, Add(draft, "Content-Type", "multipart/byteranges; boundary=x"))),
        ("chunked", draft => draft.IsChunked = true),
        ("interim reply", draft => draft.Before = "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"),
        ("no tag", draft => _ = draft.IsPinned && Add(draft, "ETag", null)),
        ("weak tag", draft => _ = draft.IsPinned && Add(draft, "ETag", "W/\"v1\"")),
        ("cut in order", draft => Cut(draft, reply => reply.Fin())),
        ("reset", draft => Cut(draft, reply => reply.Reset())),
        ("close-delimited and cut", draft => Cut(draft, reply => reply.Fin(), Add(draft, "Content-Length", null))),
        ("stall in the body", draft => Seldom(draft, () => Cut(draft, reply => reply.Stall()))),
        ("stall before the headers", draft => Seldom(draft, () => draft.Instead = LyingReply.Nothing.Stall())),
        ("extra bytes", draft => GoOn(draft, reply => reply.Write(new byte[draft.Random.Next(1, 5000)]).Fin())),
        ("endless", draft => GoOn(draft, reply => reply.WriteForever(new byte[4096]))),
        ("whole file", draft => draft.Instead = LyingReply.Whole(
            draft.File.ContentOf(draft.Version).ToArray(0, draft.File.LengthOf(draft.Version)), ("ETag", draft.File.TagOf(draft.Version)))),
        ("page", draft => draft.Instead = LyingReply.Whole("<html>"u8, ("Content-Type", "text/html"))),
        ("server error", draft => draft.Instead = LyingReply.Status(draft.Random.Next(4) switch { 0 => 500, 1 => 502, 2 => 503, _ => 504 })),
        ("not implemented", draft => draft.Instead = LyingReply.Status(501)),
        ("too many requests", draft => draft.Instead = LyingReply.Status(429, ("Retry-After", draft.Random.Next(4) switch
        {
            0 => "0",
            1 => "1",
            2 => "soon",
            _ => "Fri, 31 Dec 1999 23:59:59 GMT",
        }))),
        ("precondition failed", draft => draft.Instead = LyingReply.Status(412)),
        ("not satisfiable", draft => draft.Instead = LyingReply.Status(416, ("Content-Range", Invariant($"bytes */{draft.Total}")))),
        ("no content", draft => draft.Instead = LyingReply.Head(204)),
        ("loop", draft => draft.Instead = LyingReply.Status(302, ("Location", draft.File.Path))),
        ("redirect to nowhere", draft => draft.Instead = LyingReply.Status(302, ("Location", "ftp://127.0.0.1/"))),
        ("no HTTP", draft => draft.Instead = LyingReply.Raw("220 ready\r\n\r\n").Fin()),
        ("closed at once", draft => draft.Instead = LyingReply.Nothing.Fin()),
        ("reset at once", draft => draft.Instead = LyingReply.Nothing.Reset()),
    ];

    private static bool Add(LiarDraft draft, string name, string? value)
    {
        draft.Headers.Add((name, value));
        return true;
    }

    private static void Cut(LiarDraft draft, Func<LyingReply, LyingReply> then, bool _ = true)
    {
        draft.CutAt = draft.Random.NextInt64(draft.End - draft.Start);
        draft.Then = then;
    }

    /// <summary>Only behind a whole body: what follows one that was cut would be bytes of the range, and nobody could tell.</summary>
    private static void GoOn(LiarDraft draft, Func<LyingReply, LyingReply> then)
    {
        draft.CutAt = long.MaxValue;
        draft.Then = then;
    }

    /// <summary>Each takes a timeout of time.</summary>
    private static void Seldom(LiarDraft draft, Action tell)
    {
        if (draft.Random.Next(3) == 0)
            tell();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
