using System.Reflection;
using Hctef.Diagnostics;
using Hctef.Tests.Faults;
using Hctef.Tests.Files;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hctef.Tests.Diagnostics;

/// <summary>What operators filter and alert by stays as it is: ids, names and levels of events, and when the warnings come.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 10 * Block;

    private readonly RecordedLogs _logs = new();
    private FileRig _rig = null!;
    private ServedFile _served = null!;

    /// <summary>Warnings and worse, in their order.</summary>
    private (int, string?)[] Warnings => WarningsOf(_logs);

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            static options => options.FileDefaults.PrefetchBytes = 0, register: (builder, _) => Record(builder, _logs));
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        _logs.Dispose();
    }

    [Fact]
    public void Every_event_has_an_id_of_its_own_that_stays()
    {
        (int Id, string Name, LogLevel Level)[] events =
        [
            .. from method in typeof(Log).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)
               let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
               where attribute is not null
               orderby attribute.EventId
               select (attribute.EventId, attribute.EventName ?? method.Name, attribute.Level),
        ];

        Assert.Equal(
            [
                (1, "Retrying", LogLevel.Warning),
                (2, "ReceiveQuarantined", LogLevel.Error),
                (3, "SuffixRefused", LogLevel.Information),
                (4, "Resuming", LogLevel.Warning),
                (5, "Changed", LogLevel.Warning),
                (6, "Reopened", LogLevel.Warning),
                (7, "Refused", LogLevel.Warning),
                (8, "Opened", LogLevel.Debug),
                (9, "FetchFailed", LogLevel.Debug),
                (20, "IfMatchRefused", LogLevel.Information),
                (21, "SecondChance", LogLevel.Information),
                (30, "RetriesLeftToHandler", LogLevel.Information),
                (31, "SharedCircuitBreaker", LogLevel.Warning),
                (32, "NotOpenedAtStart", LogLevel.Warning),
                (33, "ReloadRefused", LogLevel.Warning),
                (40, "DiskCacheRefused", LogLevel.Warning),
                (41, "DiskCacheResting", LogLevel.Warning),
                (42, "DiskCacheDamaged", LogLevel.Information),
                (45, "StoreRests", LogLevel.Warning),
                (46, "StoreAnswers", LogLevel.Information),
                (47, "StoreNotEvicted", LogLevel.Warning),
                (48, "StoreValueRejected", LogLevel.Debug),
            ],
            events);
        Assert.Equal(events.Length, events.Select(static told => told.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_body_that_is_resumed_is_a_warning()
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        _served.BreakAt(Block + 100);
        await file.AssertReadsAsync(_served, 0, 2 * Block);

        Assert.Equal([(4, "Resuming")], Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_is_a_warning(bool revalidated)
    {
        using IRemoteFile file = await _rig.OpenAsync(_served);
        _served.Update(2, Length);
        await Assert.ThrowsAsync<RemoteFileChangedException>(
            () => revalidated ? file.RevalidateAsync().AsTask() : file.ReadAsync(new byte[10], 0).AsTask());

        Assert.Equal([(5, "Changed")], Warnings);
    }

    [Fact]
    public async Task A_file_that_is_open_in_another_version_is_a_warning()
    {
        using IRemoteFile file = await _rig.OpenAsync(_served, static options => options.OnChange = ChangePolicy.Reopen);
        _served.Update(2, Length);
        await Assert.ThrowsAsync<RemoteFileChangedException>(() => file.ReadAsync(new byte[10], 0).AsTask());
        await file.AssertReadsAsync(_served, 0, Block);

        Assert.Equal([(5, "Changed"), (6, "Reopened")], Warnings);
    }

    [Fact]
    public async Task A_refusal_of_the_egress_guard_is_a_warning()
    {
        using var logs = new RecordedLogs();
        await using var rig = new EgressRig(register: builder => Record(builder, logs));
        await rig.AssertRefusedAsync("http://10.0.0.1/file.bin?sig=" + Canary.Text);

        Assert.Equal([(7, "Refused")], WarningsOf(logs));
        Assert.All(logs.Lines, static line => Assert.DoesNotContain(Canary.Text, line, StringComparison.Ordinal));
    }

    private static (int, string?)[] WarningsOf(RecordedLogs logs) =>
        [.. logs.Events.Where(static told => told.Level >= LogLevel.Warning).Select(static told => (told.Id.Id, told.Id.Name))];

    private static void Record(IHctefBuilder builder, RecordedLogs logs) =>
        builder.Services.AddLogging(logging => logging.AddProvider(logs));
}
