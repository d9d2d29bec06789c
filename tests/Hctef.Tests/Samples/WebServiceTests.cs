using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Hctef.Tests.Samples;

public sealed class WebServiceTests(WebServiceFixture service) : IClassFixture<WebServiceFixture>
{
    private readonly HttpClient _client = service.Client;

    [Fact]
    public async Task Every_path_that_it_names_is_served()
    {
        foreach (string path in (await _client.GetFromJsonAsync<string[]>("/"))!)
        {
            // One byte of the archive is enough; the others know no ranges.
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(0, 0) } };
            using HttpResponseMessage response = await _client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task The_archive_is_listed_an_entry_is_streamed_and_little_is_moved()
    {
        JsonElement[] entries = (await _client.GetFromJsonAsync<JsonElement[]>("/entries"))!;
        Assert.True(entries.Length >= 300);
        JsonElement note = entries.Single(entry => entry.GetProperty("name").GetString() == "notes/note-030.txt");

        string text = await _client.GetStringAsync("/entries/notes/note-030.txt");
        Assert.Equal(note.GetProperty("length").GetInt64(), text.Length);
        Assert.StartsWith("notes/note-030.txt, line 1: ", text, StringComparison.Ordinal);

        JsonElement statistics = await _client.GetFromJsonAsync<JsonElement>("/statistics");
        Assert.InRange(statistics.GetProperty("bytesFetched").GetInt64(), 1, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task An_entry_that_is_not_there_is_not_found()
    {
        using HttpResponseMessage response = await _client.GetAsync("/entries/notes/none.txt");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task The_file_itself_is_served_by_ranges()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/files/catalog") { Headers = { Range = new RangeHeaderValue(0, 3) } };
        using HttpResponseMessage response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(new byte[] { (byte)'P', (byte)'K', 3, 4 }, await response.Content.ReadAsByteArrayAsync());
        Assert.NotNull(response.Headers.ETag);
    }

    [Fact]
    public async Task Health_and_metrics_are_told()
    {
        // The probe has five seconds, which the first request of a slow machine may need: others come before it.
        using HttpResponseMessage opened = await _client.GetAsync("/entries");
        opened.EnsureSuccessStatusCode();

        JsonElement health = await _client.GetFromJsonAsync<JsonElement>("/health");
        Assert.Equal("Healthy", health.GetProperty("status").GetString());
        JsonElement data = health.GetProperty("checks").GetProperty("hctef").GetProperty("data");
        Assert.Equal("ok", data.GetProperty("catalog.probe").GetString());

        string metrics = await _client.GetStringAsync("/metrics");
        Assert.Contains("http_client_request_duration_count{", metrics, StringComparison.Ordinal);
        Assert.All(
            metrics.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches(@"^[a-z_]+(\{.*\})? [0-9.E+-]+$", line));
    }
}
