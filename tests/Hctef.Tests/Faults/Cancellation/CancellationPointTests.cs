using Hctef.Files;
using Hctef.Options;
using Hctef.Tests.Fetching;
using Hctef.Tests.Files;

namespace Hctef.Tests.Faults.Cancellation;

/// <summary>
/// Each operation is given up at its first step, then at its second, and so on until it completes without meeting the step. Whoever gave
/// up is told so and nothing else; a bystander who reads the same bytes has them; and all is given back.
/// </summary>
public sealed class CancellationPointTests
{
    private const int Length = 200_000;
    private const int Offset = 5000;
    private const int Count = 60_000;

    private static readonly Dictionary<string, Func<IRemoteFile, CancellationToken, Task<byte[]>>> Operations = new(StringComparer.Ordinal)
    {
        ["read"] = ReadAsync,
        ["stream"] = (file, token) => ReadStreamAsync(file, CursorCaching.Shared, token),
        ["uncached stream"] = (file, token) => ReadStreamAsync(file, CursorCaching.Uncached, token),
        ["private stream"] = (file, token) => ReadStreamAsync(file, CursorCaching.Private, token),
        ["ranges"] = ReadRangesAsync,
        ["copy"] = CopyAsync,
        ["prefetch"] = PrefetchAsync,
        ["revalidate"] = RevalidateAsync,
    };

    public static TheoryData<string> Names => [.. Operations.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public Task L3_cancelled_at_every_step(string operation) => ForEveryStepAsync(async at =>
    {
        using var cancellation = new CancellationTokenSource();
        var steps = new Steps(at, cancellation.Cancel);
        await using Stage stage = await Stage.OpenAsync(steps);
        Task<byte[]> given = stage.RunAsync(() => Operations[operation](stage.File, cancellation.Token));
        Exception? failure = await Record.ExceptionAsync(() => given.WaitAsync(FetchRig.HangGuard));
        if (failure is null)
            stage.AssertRight(await given);
        else
            Assert.Equal(cancellation.Token, Assert.IsAssignableFrom<OperationCanceledException>(failure).CancellationToken);
        return await stage.EndAsync();
    });

    [Theory]
    [MemberData(nameof(Names))]
    public Task L5_closed_at_every_step(string operation) => ForEveryStepAsync(async at =>
    {
        Stage? stage = null;
        var steps = new Steps(at, () => stage!.File.Dispose());
        await using (stage = await Stage.OpenAsync(steps))
        {
            Task<byte[]> given = stage.RunAsync(() => Operations[operation](stage.File, CancellationToken.None));
            Exception? failure = await Record.ExceptionAsync(() => given.WaitAsync(FetchRig.HangGuard));
            if (failure is null)
                stage.AssertRight(await given);
            else
                Assert.IsType<ObjectDisposedException>(failure);
            return await stage.EndAsync();
        }
    });

    [Theory]
    [InlineData(CursorCaching.Shared)]
    [InlineData(CursorCaching.Uncached)]
    [InlineData(CursorCaching.Private)]
    public Task L5_closed_at_every_step_of_a_synchronous_read(CursorCaching caching) => ForEveryStepAsync(async at =>
    {
        Stage? stage = null;
        var steps = new Steps(at, () => stage!.File.Dispose());
        await using (stage = await Stage.OpenAsync(steps))
        {
            Task<byte[]> given = stage.RunAsync(() => OwnThread.RunAsync(() =>
            {
                using RemoteFileStream stream = stage.File.OpenStream(caching);
                stream.Position = Offset;
                byte[] buffer = new byte[Count];
                Assert.Equal(Count, stream.Read(buffer));
                return buffer;
            }));
            Exception? failure = await Record.ExceptionAsync(() => given.WaitAsync(FetchRig.HangGuard));
            if (failure is null)
                stage.AssertRight(await given);
            else
                Assert.IsType<ObjectDisposedException>(failure);
            return await stage.EndAsync();
        }
    });

    [Theory]
    [InlineData(PrefetchDirection.Start)]
    [InlineData(PrefetchDirection.End)]
    public Task L3_an_opening_cancelled_at_every_step(PrefetchDirection direction) => ForEveryStepAsync(async at =>
    {
        using var cancellation = new CancellationTokenSource();
        var steps = new Steps(at, cancellation.Cancel);
        await using Stage stage = Stage.Create(steps);
        Task<RemoteFile> opening = stage.RunAsync(() => stage.OpenFileAsync(60_000, direction, cancellation.Token));
        Exception? failure = await Record.ExceptionAsync(() => opening.WaitAsync(FetchRig.HangGuard));
        if (failure is not null)
            Assert.Equal(cancellation.Token, Assert.IsAssignableFrom<OperationCanceledException>(failure).CancellationToken);
        else
            stage.Keep(await opening);
        return await stage.EndAsync();
    });

    private static async Task ForEveryStepAsync(Func<int, Task<bool>> runAsync)
    {
        int at = 1;
        while (await runAsync(at))
            at++;
        Assert.True(at > 10, $"There were only {at - 1} steps.");
    }

    private static async Task<byte[]> ReadAsync(IRemoteFile file, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Count];
        Assert.Equal(Count, await file.ReadAsync(buffer, Offset, cancellationToken));
        return buffer;
    }

    private static async Task<byte[]> ReadStreamAsync(IRemoteFile file, CursorCaching caching, CancellationToken cancellationToken)
    {
        await using RemoteFileStream stream = file.OpenStream(caching);
        stream.Position = Offset;
        byte[] buffer = new byte[Count];
        await stream.ReadExactlyAsync(buffer.AsMemory(0, Count / 2), cancellationToken);
        await stream.ReadExactlyAsync(buffer.AsMemory(Count / 2), cancellationToken);
        return buffer;
    }

    private static async Task<byte[]> ReadRangesAsync(IRemoteFile file, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[Count];
        await file.ReadRangesAsync(
            [.. Enumerable.Range(0, 4).Select(i => new RangeRead(Offset + (i * Count / 4), buffer.AsMemory(i * Count / 4, Count / 4)))],
            cancellationToken);
        return buffer;
    }

    private static async Task<byte[]> CopyAsync(IRemoteFile file, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy, new ByteRange(Offset, Count), cancellationToken);
        return copy.ToArray();
    }

    private static async Task<byte[]> PrefetchAsync(IRemoteFile file, CancellationToken cancellationToken)
    {
        await file.PrefetchAsync([new ByteRange(Offset, Count / 2), new ByteRange(150_000, 20_000)], cancellationToken);
        return [];
    }

    private static async Task<byte[]> RevalidateAsync(IRemoteFile file, CancellationToken cancellationToken)
    {
        await file.RevalidateAsync(cancellationToken);
        return [];
    }

    /// <summary>A file that one reader gives up and another reads at the same time, through a handle of its own.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private readonly Steps _steps;
        private readonly SteppingOrigin _origin;
        private readonly FetchRig _rig;
        private readonly List<RemoteFile> _files = [];
        private readonly byte[] _seen = new byte[1000];
        private Task<int>? _bystander;

        private Stage(Steps steps)
        {
            _steps = steps;
            _origin = new SteppingOrigin(steps, Length);
            HctefOptions options = FetchRig.OptionsOf(blocks: 64);
            options.Retry.BaseDelay = options.Retry.MaxDelay = TimeSpan.FromTicks(1);
            _rig = FetchRig.Create(_origin, options, new SteppingTime(steps));
        }

        public RemoteFile File => _files[0];

        public static Stage Create(Steps steps) => new(steps);

        public static async Task<Stage> OpenAsync(Steps steps)
        {
            var stage = new Stage(steps);
            stage.Keep(await stage.OpenFileAsync(0, PrefetchDirection.Start, CancellationToken.None));
            return stage;
        }

        public Task<RemoteFile> OpenFileAsync(long prefetchBytes, PrefetchDirection direction, CancellationToken cancellationToken)
        {
            var options = new ResolvedFileOptions
            {
                PrefetchBytes = prefetchBytes,
                PrefetchDirection = direction,
                MinimumRangeRequestBytes = 1,
                ReadaheadBytes = null,
            };
            return OpenAsync(_rig.Engine.OpenAsync(SteppingOrigin.Uri, options, cancellationToken));

            static async Task<RemoteFile> OpenAsync(Task<IHctefFile> opening) => (RemoteFile)await opening;
        }

        public void Keep(RemoteFile file) => _files.Add(file);

        /// <summary>Runs the operation from its first step on, and beside it the bystander.</summary>
        public Task<T> RunAsync<T>(Func<Task<T>> operation)
        {
            _steps.Arm();
            Task<T> running = operation();
            if (_files.Count > 0)
                _bystander = BesideAsync();
            return running;
        }

        public void AssertRight(byte[] bytes) => Assert.True(_origin.Content.Matches(bytes, Offset), "Wrong bytes were returned.");

        /// <summary>All is given back and nothing is remembered. False when the step was not met.</summary>
        public async Task<bool> EndAsync()
        {
            if (_bystander is not null)
                Assert.Equal(_seen.Length, await _bystander.WaitAsync(FetchRig.HangGuard));
            await _steps.DisarmAsync();
            await _rig.CheckSettledAsync([.. _files]);

            RemoteFile again = await OpenFileAsync(0, PrefetchDirection.Start, CancellationToken.None).WaitAsync(FetchRig.HangGuard);
            Keep(again);
            byte[] bytes = new byte[Length];
            Assert.Equal(Length, await again.ReadAsync(bytes, 0).AsTask().WaitAsync(FetchRig.HangGuard));
            Assert.True(_origin.Content.Matches(bytes, 0), "Wrong bytes were kept.");
            Assert.True(_bystander is null || _origin.Content.Matches(_seen, Offset + 20_000), "The bystander has wrong bytes.");
            await _rig.CheckSettledAsync([.. _files]);
            return _steps.HasFired;
        }

        public ValueTask DisposeAsync()
        {
            _files.ForEach(static file => file.Dispose());
            _rig.Dispose();
            return default;
        }

        private async Task<int> BesideAsync()
        {
            RemoteFile own = await OpenFileAsync(0, PrefetchDirection.Start, CancellationToken.None);
            Keep(own);
            return await own.ReadAsync(_seen, Offset + 20_000);
        }
    }
}
