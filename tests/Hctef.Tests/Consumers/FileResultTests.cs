using System.Net.Http.Headers;
using Hctef.Tests.Files;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Consumers;

/// <summary>A stream handed to ASP.NET Core, which seeks in it for the ranges that its clients ask.</summary>
public sealed class FileResultTests
{
    [Fact]
    public async Task FileStreamResult_serves_a_range()
    {
        byte[] content = SampleFiles.Text();
        await using ConsumerRig rig = await ConsumerRig.OpenAsync("FileStreamResult", content);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMvcCore();
        await using WebApplication app = builder.Build();
        app.MapGet("/text", async context => await ServeAsync(context, await rig.OpenStreamAsync()));
        await app.StartAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Urls.Single() + "/text");
        request.Headers.Range = new RangeHeaderValue(500_000, 599_999);
        using HttpResponseMessage response = await client.SendAsync(request).WaitAsync(FileRig.HangGuard);

        Assert.Equal($"bytes 500000-599999/{content.Length}", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(content[500_000..600_000], await response.Content.ReadAsByteArrayAsync());
        await app.StopAsync();
        await rig.AssertCostAsync();
    }

    private static Task ServeAsync(HttpContext context, RemoteFileStream stream) =>
        new FileStreamResult(stream, "text/plain") { EnableRangeProcessing = true }
            .ExecuteResultAsync(new ActionContext(context, context.GetRouteData(), new ActionDescriptor()));
}
