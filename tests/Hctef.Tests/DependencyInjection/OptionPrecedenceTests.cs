using Hctef.Tests.Files;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.DependencyInjection;

/// <summary>Built-in, code, configuration, and what the call says: a nearer layer wins, null inherits. Seen in the opening request.</summary>
public sealed class OptionPrecedenceTests
{
    private const int BlockBytes = 512;

    [Theory]
    [InlineData(null, null, null, "bytes=0-1023")]
    [InlineData("2048", null, null, "bytes=0-2047")]
    [InlineData("2048", "4096", null, "bytes=0-4095")]
    [InlineData("2048", null, "1536", "bytes=0-1535")]
    [InlineData(null, "4096", "1536", "bytes=0-1535")]
    [InlineData("2048", "4096", "1536", "bytes=0-1535")]
    public async Task The_nearest_layer_that_says_something_wins(string? section, string? named, string? perOpen, string expected)
    {
        await using FileRig rig = await FileRig.StartAsync(
            options =>
            {
                options.Cache.BlockBytes = BlockBytes;
                options.FileDefaults.PrefetchBytes = 1024;
                options.FileDefaults.PrefetchDirection = PrefetchDirection.Start;
            },
            register: (builder, server) =>
            {
                Uri url = server.Add("file.bin", 100_000).Uri;
                builder.AddRemoteFile("file", url);
                builder.Services.AddHctef(TestContainer.Section(
                    [
                        .. section is null ? [] : new (string, string?)[] { ("FileDefaults:PrefetchBytes", section) },
                        .. named is null ? [] : new (string, string?)[] { ("Files:file:PrefetchBytes", named) },
                    ]));
            });

        if (perOpen is null)
        {
            await rig.Files.GetFile("file").GetInfoAsync();
        }
        else
        {
            using IRemoteFile file = await rig.OpenAsync(
                rig.Files.GetFile("file").Uri,
                options => options.PrefetchBytes = long.Parse(perOpen, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(expected, rig.Ranges[0]);
    }

    [Fact]
    public async Task Without_a_word_the_built_in_value_holds()
    {
        await using FileRig rig = await FileRig.StartAsync(
            options => options.FileDefaults.PrefetchDirection = PrefetchDirection.Start,
            register: (builder, server) => builder.AddRemoteFile("file", server.Add("file.bin", 10_000_000).Uri));
        await rig.Files.GetFile("file").GetInfoAsync();

        Assert.Equal("bytes=0-1048575", rig.Ranges[0]);
    }
}
