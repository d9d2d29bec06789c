using Hctef.Tests.Files;

namespace Hctef.Tests.Faults;

/// <summary>
/// Every lie, told at open by a closed range, at open by a suffix, and in the middle: the right bytes or the right exception, and
/// nothing kept that was not accepted. Then the server tells the truth, and the same read succeeds.
/// </summary>
public sealed class ServerLieTests
{
    private const int Length = 100_000;
    private const int Count = 20_000;
    private const int Middle = 30_000;

    private readonly HostileFile _file = new(Length);

    public static TheoryData<string> Names => [.. ServerLies.All.Keys];

    public static TheoryData<string> NamesAtOpen => [.. ServerLies.All.Where(lie => !lie.Value.MiddleOnly).Select(lie => lie.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_the_middle(string name)
    {
        ServerLie lie = ServerLies.All[name];
        await using HostileRig rig = Start(lie, honest: 1);
        IRemoteFile file = await rig.OpenAsync(options => options.PrefetchBytes = 0);
        byte[] buffer = new byte[Count];
        Exception? failure = await Record.ExceptionAsync(() => file.ReadAsync(buffer, Middle, sync: false));

        AssertOutcome(lie.Expected, failure, buffer, Middle);
        await rig.WhenQuietAsync();
        if (failure is not null)
            await AssertRecoversAsync(rig, file, Middle);
        await rig.AssertCleanAsync(_file.Content, failure);
    }

    [Theory]
    [MemberData(nameof(NamesAtOpen))]
    public Task At_open_by_a_closed_range(string name) => AtOpenAsync(name, PrefetchDirection.Start, 0);

    [Theory]
    [MemberData(nameof(NamesAtOpen))]
    public Task At_open_by_a_suffix(string name) => AtOpenAsync(name, PrefetchDirection.End, Length - Count);

    private static string KindOf(Exception? failure) => failure switch
    {
        null => "OK",
        HctefNetworkException network => network.Error.ToString(),
        RemoteFileChangedException => "Changed",
        RangeNotSupportedException ranges => ranges.Reason.ToString(),
        _ => failure.ToString(),
    };

    private async Task AtOpenAsync(string name, PrefetchDirection direction, long offset)
    {
        ServerLie lie = ServerLies.All[name];
        await using HostileRig rig = Start(lie, honest: 0);
        byte[] buffer = new byte[Count];
        IRemoteFile? file = null;
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            file = await rig.OpenAsync(options => (options.PrefetchBytes, options.PrefetchDirection) = (Count, direction));
            await file.ReadAsync(buffer, offset, sync: false);
        });

        string expected = lie.ExpectedAtOpen ?? lie.Expected;
        if (expected == "Empty")
        {
            Assert.Null(failure);
            Assert.Equal(0, file!.GetInfo().Length);
        }
        else
        {
            AssertOutcome(expected, failure, buffer, offset);
        }

        await rig.WhenQuietAsync();
        if (failure is not null)
        {
            rig.Script = _file.Answer;
            file ??= await rig.OpenAsync();
            if (file.GetInfo() is { Length: Length, EntityTag: HostileFile.EntityTag })
                await AssertRecoversAsync(rig, file, offset);
        }

        await rig.AssertCleanAsync(_file.Content, failure);
    }

    private HostileRig Start(ServerLie lie, int honest) => new(request =>
    {
        // After the lie every request is told the truth; a permanent lie goes on for ever.
        bool lies = request.Number > honest && request.Number - honest <= lie.Times;
        return lies ? lie.Tell(request, _file.Of(request)) : _file.Answer(request);
    });

    private void AssertOutcome(string expected, Exception? failure, byte[] buffer, long offset)
    {
        if (expected == "any")
            Assert.True(failure is null or HctefException, failure?.ToString());
        else
            Assert.Equal(expected, KindOf(failure));
        if (failure is null)
            Assert.True(_file.Content.Matches(buffer, offset), "Wrong bytes were returned.");
    }

    private async Task AssertRecoversAsync(HostileRig rig, IRemoteFile file, long offset)
    {
        rig.Script = _file.Answer;
        byte[] buffer = new byte[Count];
        Assert.Equal(Count, await file.ReadAsync(buffer, offset, sync: false));
        Assert.True(_file.Content.Matches(buffer, offset), "Wrong bytes were returned after the lies.");
    }
}
