using System.IO.Compression;
using Hctef;
using Hctef.TrimTests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// What a trimmed program does with Hctef: registers by configuration, opens, reads, prefetches, and lists a ZIP. It ends with 0 if all is right.
byte[] archive = TestArchive.Create();
using var server = RangeServer.Start(archive);
HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Configuration["Hctef:Cache:MemoryBytes"] = "4194304";
builder.Configuration["Hctef:Cache:BlockBytes"] = "8192";
builder.Configuration["Hctef:Transport:ConnectTimeout"] = "00:00:05";
builder.Configuration["Hctef:FileDefaults:PrefetchDirection"] = "End";
builder.Configuration["Hctef:FileDefaults:Headers:X-Tenant"] = "trimmed";
builder.Configuration["Hctef:Files:archive:Url"] = server.Uri.AbsoluteUri;
builder.Configuration["Hctef:Files:archive:PrefetchBytes"] = "65536";
builder.Services.AddHctef(builder.Configuration.GetSection(HctefOptions.SectionName));
using IHost host = builder.Build();
await host.StartAsync();

IRemoteFile file = host.Services.GetRequiredKeyedService<IRemoteFile>("archive");
Check((await file.GetInfoAsync()).Length == archive.Length, "length");

byte[] buffer = new byte[10_000];
await file.ReadExactlyAsync(buffer, 100_000);
Check(buffer.AsSpan().SequenceEqual(archive.AsSpan(100_000, buffer.Length)), "asynchronous read");
Check(file.Read(buffer, 50_000) == buffer.Length && buffer.AsSpan().SequenceEqual(archive.AsSpan(50_000, buffer.Length)), "synchronous read");
await file.PrefetchAsync([new ByteRange(0, archive.Length)]);
Check(file.GetCachedRanges().Sum(range => range.Length) == archive.Length, "prefetch");

await using RemoteFileStream stream = await file.OpenStreamAsync();
await using ZipArchive zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null);
Check(zip.Entries.Count == TestArchive.Entries, "listing");
foreach (ZipArchiveEntry entry in zip.Entries)
{
    await using Stream content = await entry.OpenAsync();
    using var bytes = new MemoryStream();
    await content.CopyToAsync(bytes);
    Check(bytes.ToArray().AsSpan().SequenceEqual(TestArchive.ContentOf(entry.FullName)), entry.FullName);
}

await host.StopAsync();
Console.WriteLine($"Trimmed: {file.GetStatistics().Requests} requests, all bytes right.");
return 0;

static void Check(bool holds, string what)
{
    if (!holds)
        throw new InvalidOperationException($"The {what} is wrong in the trimmed program.");
}
