using System.Globalization;
using System.IO.Compression;
using System.Text;
using Hctef.TestServer.Lying;

namespace Hctef.Tests.Faults;

/// <summary>The lies, by the numbers of the fault list.</summary>
internal static class ServerLies
{
    public static readonly IReadOnlyDictionary<string, ServerLie> All = new Dictionary<string, ServerLie>(StringComparer.Ordinal)
    {
        ["A1_A2_whole_file"] = new("RangeIgnored", t => LyingReply.Whole(t.File.Content.ToArray(0, 1000), ("ETag", "\"v1\""), ("Content-Length", Text(t.File.Length)))),
        ["A2_whole_file_of_another_version"] = new("Changed", t => LyingReply.Whole([], ("ETag", "\"v2\""), ("Content-Length", Text(t.File.Length))))
        { ExpectedAtOpen = "RangeIgnored" },
        ["A3_other_start"] = new("Protocol", t => (t with { Start = 8 }).Reply()),
        ["A4_early_start"] = new("Protocol", t => (t.Start > 0 ? t with { Start = t.Start - 1, Count = t.Count + 1 } : t with { Count = t.Count + 1 }).Reply()),
        ["A5_shorter_prefix_once"] = new("OK", t => (t with { Count = (t.Count / 2) + 1 }).Reply()) { Times = 1 },
        ["A5_half_of_it_each_time"] = new("OK", t => (t with { Count = Math.Max(Math.Min(t.Count, HostileRig.Block), t.Count / 2) }).Reply()),
        ["A5_one_byte_each_time"] = new("Protocol", t => (t with { Count = 1 }).Reply()),
        ["A6_longer_than_asked"] = new("Protocol", t => (t with { Count = t.Count + 1 }).Reply()),
        ["A6_body_longer_than_told"] = new("Protocol", t => t.Head().Write(t.Body).Write("x").Fin()),
        ["A6_chunked_body_longer_than_told"] = new("Protocol", t => t.Chunked().Chunk(t.Body).Chunk([1]).LastChunk()),
        ["A7_close_delimited_body_too_short"] = new("Connection", t => t.Head().Write(t.Body.AsSpan(0, t.Count > 10 ? 10 : 0)).Fin()),
        ["A7_close_delimited_body_too_short_once"] = new("OK", t => t.Head().Write(t.Body.AsSpan(0, t.Count - 1)).Fin()) { Times = 1 },
        ["A7_close_delimited_body_complete"] = new("OK", t => t.Head().Write(t.Body).Fin()),
        ["A8_length_above_range"] = new("Protocol", t => t.Reply(("Content-Length", Text(t.Count + 1)))),
        ["A8_length_below_range"] = new("Protocol", t => t.Reply(("Content-Length", Text(t.Count - 1)))),
        ["A8_two_lengths"] = new("Protocol", t => t.Reply(("Content-Length", Text(t.Count)), ("Content-Length", Text(t.Count + 1)))),
        ["A9_no_content_range"] = new("Protocol", t => t.Reply(("Content-Range", null))),
        ["A9_two_content_ranges"] = new("Protocol", t => t.Reply(("Content-Range", t.Range), ("Content-Range", "bytes 0-0/1"))),
        ["A9_equals_sign"] = new("Protocol", t => t.Reply(("Content-Range", t.Range.Replace(' ', '=')))),
        ["A9_no_numbers"] = new("Protocol", t => t.Reply(("Content-Range", "bytes a-b/c"))),
        ["A10_last_behind_total"] = new("Protocol", t => t.Reply(("Content-Range", $"bytes {t.Start}-{t.Last}/{t.Last}"))),
        ["A10_last_before_first"] = new("Protocol", t => t.Reply(("Content-Range", $"bytes 5-3/{t.File.Length}"))),
        ["A10_unsatisfied"] = new("Protocol", t => t.Reply(("Content-Range", $"bytes */{t.File.Length}"))),
        ["A10_other_unit"] = new("Protocol", t => t.Reply(("Content-Range", t.Range.Replace("bytes", "items", StringComparison.Ordinal)))),
        ["A11_last_is_2_to_63_less_1"] = new("Protocol", t => t.Reply(("Content-Range", $"bytes {t.Start}-9223372036854775807/*"))),
        ["A11_last_is_2_to_64_less_1"] = new("Protocol", t => t.Reply(("Content-Range", $"bytes {t.Start}-18446744073709551615/*"))),
        ["A11_total_is_2_to_63"] = new("Protocol", t => t.Reply(("Content-Range", $"bytes {t.Start}-{t.Last}/9223372036854775808"))),
        ["A12_total_unknown"] = new("OK", t => t.Reply(("Content-Range", $"bytes {t.Start}-{t.Last}/*"))) { ExpectedAtOpen = "LengthUnknown" },
        ["A14_gzip"] = new("Protocol", t => t.Reply(("Content-Encoding", "gzip"))),
        ["A14_brotli"] = new("Protocol", t => t.Reply(("Content-Encoding", "identity, br"))),
        ["A14_transfer_coded"] = new("Protocol", t => t.Head(("Transfer-Encoding", "gzip, chunked")).Chunk(t.Body).LastChunk()),
        ["A14_transfer_coded_only"] = new("Protocol", t => t.Reply(("Transfer-Encoding", "gzip"))),
        ["A16_multipart"] = new("Protocol", t => t.Reply(("Content-Type", "multipart/byteranges; boundary=x"))),
        ["A16_multipart_long_boundary"] = new("Protocol", t => t.Reply(("Content-Type", "multipart/byteranges; boundary=" + new string('x', 300)))),
        ["A16_multipart_second_type"] = new("Protocol", t => t.Reply(("Content-Type", "text/plain"), ("Content-Type", "multipart/byteranges; boundary=x"))),
        ["A17_chunked"] = new("OK", t => t.Chunked().Chunk(t.Body, ";a=b").LastChunk()),
        ["A18_empty_416"] = new("Changed", _ => LyingReply.Status(416, ("Content-Range", "bytes */0"))) { ExpectedAtOpen = "Empty" },
        ["A18_empty_200"] = new("Changed", _ => LyingReply.Status(200)) { ExpectedAtOpen = "Empty" },
        ["A18_empty_206"] = new("Protocol", t => t.Reply(("Content-Range", "bytes 0-0/0"))),
        ["A18_empty_by_length_full_by_chunks"] = new("RangeIgnored", t => LyingReply.Head(200, ("Content-Length", "0"), ("Transfer-Encoding", "chunked")).Chunk(t.Body).LastChunk()),
        ["A19_unsatisfiable"] = new("Protocol", t => LyingReply.Status(416, ("Content-Range", $"bytes */{t.File.Length}"))) { ExpectedAtOpen = "RangeRefused" },
        ["A19_unsatisfiable_now"] = new("Changed", _ => LyingReply.Status(416, ("Content-Range", "bytes */10"))) { ExpectedAtOpen = "RangeRefused" },
        ["A20_no_content"] = new("Protocol", _ => LyingReply.Head(204)),
        ["A20_not_modified"] = new("Protocol", _ => LyingReply.Head(304, ("ETag", "\"v1\""))),
        ["A20_delta"] = new("Protocol", _ => LyingReply.Status(226)),
        ["A20_unknown_success"] = new("Protocol", _ => LyingReply.Status(299)),
        ["A20_switching_protocols"] = new("Protocol", _ => LyingReply.Head(101, ("Connection", "upgrade"), ("Upgrade", "x")).Fin()),
        ["A21_interstitial"] = new("Changed", _ => LyingReply.Whole("<html>"u8, ("Content-Type", "text/html"))) { ExpectedAtOpen = "RangeIgnored" },
        ["B1_reset_before_headers"] = new("Connection", _ => LyingReply.Nothing.Reset()),
        ["B1_reset_before_headers_once"] = new("OK", _ => LyingReply.Nothing.Reset()) { Times = 1 },
        ["B1_closed_within_headers"] = new("Connection", _ => LyingReply.Raw("HTTP/1.1 206 Partial\r\nContent-Ra").Fin()),
        ["B2_reset_for_ever"] = new("Connection", t => t.Head(("Content-Length", Text(t.Count))).Write(t.Body.AsSpan(0, Math.Min(10, t.Count - 1))).Reset()),
        ["B3_chunked_without_end"] = new("Connection", t => t.Chunked().Chunk(t.Body).Fin()),
        ["B3_chunked_without_end_once"] = new("OK", t => t.Chunked().Chunk(t.Body).Fin()) { Times = 1 },
        ["B5_more_after_the_body"] = new("OK", t => t.Reply().Write("HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-0/1\r\n\r\nx")),
        ["B7_retry_lands_on_another_version"] = new("Changed", (r, t) => r.Number <= 3
            ? t.Head().Write(t.Body.AsSpan(0, t.Count / 2)).Fin()
            : t.Reply(("ETag", "\"v2\"")))
        { MiddleOnly = true },
        ["D1_other_tag_and_length"] = new("Changed", t => (t with { File = new HostileFile(t.File.Length + 1) }).Reply(("ETag", "\"v2\""))) { MiddleOnly = true },
        ["A13_other_length_same_tag"] = new("Changed", t => (t with { File = new HostileFile(t.File.Length + 1) }).Reply()) { MiddleOnly = true },
        ["D2_other_tag_same_length"] = new("Changed", t => t.Reply(("ETag", "\"v2\""))) { MiddleOnly = true },
        ["D4_tag_vanished"] = new("Changed", t => t.Reply(("ETag", null))) { MiddleOnly = true },
        ["D4_tag_turned_weak"] = new("Changed", t => t.Reply(("ETag", "W/\"v1\""))) { MiddleOnly = true },
        ["D6_precondition_failed"] = new("Changed", _ => LyingReply.Status(412)) { ExpectedAtOpen = "Status" },
        ["D7_denied"] = new("Status", _ => LyingReply.Status(403)),
        ["F1_endless_whole_file"] = new("RangeIgnored", _ => LyingReply.Head(200).WriteForever(new byte[4096])),
        ["F1_endless_body"] = new("Protocol", t => t.Head().Write(t.Body).WriteForever(new byte[4096])),
        ["F2_endless_chunks_of_one_byte"] = new("Protocol", t => t.Chunked().Chunk(t.Body).WriteForever("1\r\nx\r\n"u8)),
        ["F2_chunks_of_one_byte"] = new("OK", t => t.Chunked().Write(string.Concat(t.Body.Select(value => "1\r\n" + (char)value + "\r\n"))).LastChunk()) { Times = 1 },
        ["F2_endless_chunk_extension"] = new("any", t => t.Chunked().Write("10;").WriteForever(new byte[4096])),
        ["F2_invalid_chunk"] = new("Protocol", t => t.Chunked().Write("zz\r\n").Fin()),
        ["F3_gzip_bomb_as_error"] = new("Status", _ => LyingReply.Head(404, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")).Chunk(Bomb()).LastChunk()),
        ["F4_header_of_100_KB"] = new("LimitExceeded", t => t.Reply(("X-Long", new string('x', 100_000)))),
        ["F4_tag_of_2_KB"] = new("LimitExceeded", t => t.Reply(("ETag", $"\"{new string('x', 2000)}\""))),
        ["F4_endless_header"] = new("LimitExceeded", _ => LyingReply.Raw("HTTP/1.1 206 Partial\r\nX: ").WriteForever(Encoding.ASCII.GetBytes(new string('x', 4096)))),
        ["F4_10000_headers"] = new("any", t => t.Reply([.. Enumerable.Repeat(("X", (string?)"y"), 10_000)])),
        ["F6_tag_that_is_no_tag"] = new("Changed", t => t.Reply(("ETag", "../../\"\u00ff"))) { ExpectedAtOpen = "OK" },
        ["G8_redirect_without_location"] = new("Protocol", _ => LyingReply.Status(302)),
        ["H7_echo_of_the_request"] = new("Protocol", (r, _) => LyingReply.Raw(r.RawHead + "\r\n\r\n").Fin()),
        ["H7_echo_in_a_header_line"] = new("Protocol", (r, _) => LyingReply.Raw("HTTP/1.1 206 Partial\r\n" + r.RawHead + "\r\n\r\n").Fin()),
        ["H7_echo_in_a_chunk"] = new("Protocol", (r, t) => t.Chunked().Write(r.RawHead).Fin()),
        ["H7_echo_in_content_range"] = new("Protocol", (r, t) => t.Reply(("Content-Range", "bytes " + r.Target))),
        ["H7_echo_in_content_encoding"] = new("Protocol", (r, t) => t.Reply(("Content-Encoding", r.Target))),
        ["H7_echo_in_content_type"] = new("Changed", (r, _) => LyingReply.Whole("x"u8, ("Content-Type", r.Target))) { ExpectedAtOpen = "RangeIgnored" },
        ["H7_echo_in_location"] = new("Protocol", (r, _) => LyingReply.Status(302, ("Location", "ftp://user:" + Canary.Text + "@127.0.0.1" + r.Target))),
        ["H7_echo_in_scheme"] = new("Protocol", (_, _) => LyingReply.Status(302, ("Location", Canary.Text + "://127.0.0.1/"))),
        ["H7_echo_in_reason"] = new("Status", (r, _) => LyingReply.Raw($"HTTP/1.1 404 {r.Target}\r\nContent-Length: 0\r\n\r\n")),
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Bomb()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
            gzip.Write(new byte[10 << 20]);
        return packed.ToArray();
    }
}
