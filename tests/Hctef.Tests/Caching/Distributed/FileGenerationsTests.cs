using Hctef.Caching.Distributed;
using Hctef.Diagnostics;
using Hctef.Tests.Files;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>What is known of generations when the store answers late, or not at all.</summary>
public sealed class FileGenerationsTests
{
    private const string CacheKey = DistributedRig.CacheKey;

    private readonly ManualTimeProvider _clock = new();
    private readonly TestStore _store = new();
    private readonly StoreCalls _calls;

    public FileGenerationsTests() => _calls = new StoreCalls(_store);

    [Fact]
    public async Task K2_an_answer_that_was_given_up_does_not_replace_what_came_since()
    {
        UInt128 first = await CreateAsync();
        FileGenerations generations = Start();
        string key = Assert.Single(_store.KeysOf('g'));
        byte[] old = _store.Values[key];
        var late = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _store.OnGet = _ =>
        {
            asked.TrySetResult();
            return late.Task;
        };
        Task<UInt128?> givenUp = generations.FindAsync(CacheKey);
        await asked.Task.WaitAsync(FileRig.HangGuard);
        generations.GiveUp(CacheKey);
        _store.OnGet = null;
        await Start().RenewAsync(CacheKey).WaitAsync(FileRig.HangGuard);
        UInt128? second = await generations.FindAsync(CacheKey).WaitAsync(FileRig.HangGuard);
        Assert.NotEqual(first, second);

        // What the store had when it was asked first.
        _store.Values[key] = old;
        late.SetResult();
        await givenUp.WaitAsync(FileRig.HangGuard);
        Assert.Equal(second, await generations.FindAsync(CacheKey).WaitAsync(FileRig.HangGuard));
    }

    [Fact]
    public async Task K2_who_still_waits_for_an_answer_that_others_gave_up_creates_no_other_generation()
    {
        UInt128 first = await CreateAsync();
        FileGenerations generations = Start();
        var late = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _store.OnGet = _ =>
        {
            asked.TrySetResult();
            return late.Task;
        };

        // A writer is more patient than a reader.
        Task<UInt128?> writer = generations.FindOrCreateAsync(CacheKey);
        await asked.Task.WaitAsync(FileRig.HangGuard);
        generations.GiveUp(CacheKey);
        late.SetResult();

        Assert.Equal(first, await writer.WaitAsync(FileRig.HangGuard));
        Assert.Equal(first, await Start().FindAsync(CacheKey).WaitAsync(FileRig.HangGuard));
    }

    [Fact]
    public async Task K2_who_still_waits_for_an_answer_that_others_gave_up_is_not_told_what_is_too_old()
    {
        UInt128 first = await CreateAsync();
        FileGenerations generations = Start();
        Assert.Equal(first, await generations.FindAsync(CacheKey).WaitAsync(FileRig.HangGuard));
        await Start().RenewAsync(CacheKey).WaitAsync(FileRig.HangGuard);
        UInt128? second = await Start().FindAsync(CacheKey).WaitAsync(FileRig.HangGuard);
        Assert.NotEqual(first, second);
        var late = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _store.OnGet = _ =>
        {
            asked.TrySetResult();
            return late.Task;
        };

        _clock.Advance(TimeSpan.FromSeconds(31));
        Task<UInt128?> waiting = generations.FindAsync(CacheKey);
        await asked.Task.WaitAsync(FileRig.HangGuard);
        generations.GiveUp(CacheKey);
        late.SetResult();

        Assert.Equal(second, await waiting.WaitAsync(FileRig.HangGuard));
    }

    [Fact]
    public async Task Answers_that_were_given_up_are_counted_until_they_come()
    {
        await CreateAsync();
        FileGenerations generations = Start();
        var late = new TaskCompletionSource();
        _store.OnGet = _ => late.Task;
        var givenUp = new List<Task>();
        while (!_calls.AreTooMany)
        {
            Assert.True(givenUp.Count < 1000);
            givenUp.Add(generations.FindAsync(CacheKey));
            generations.GiveUp(CacheKey);
        }

        late.SetResult();
        await Task.WhenAll(givenUp).WaitAsync(FileRig.HangGuard);
        SpinWait.SpinUntil(() => !_calls.AreTooMany, FileRig.HangGuard);
        Assert.False(_calls.AreTooMany);
    }

    private async Task<UInt128> CreateAsync() => (await Start().FindOrCreateAsync(CacheKey).WaitAsync(FileRig.HangGuard))!.Value;

    private FileGenerations Start()
    {
        var keys = new StoreKeys(DistributedRig.Secret);
        return new FileGenerations(_calls, keys, new RecordFormat(keys), new TierCounters(), _clock, TimeSpan.FromHours(1));
    }
}
