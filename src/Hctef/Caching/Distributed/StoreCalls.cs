using Microsoft.Extensions.Caching.Distributed;

namespace Hctef.Caching.Distributed;

/// <summary>
/// Calls of the store. Each begins on the thread pool, since a client may block its caller, above all in its first call, which connects
/// (ZiggyCreatures/FusionCache#534). Until one has been answered, only one at a time is let into the client, then a few: so a
/// client that blocks holds as many threads, and the rest waits without any.
/// </summary>
internal sealed class StoreCalls(IDistributedCache store)
{
    private const int MostEntering = 8;
    private const int MostAbandoned = 64;

    private readonly IBufferDistributedCache? _buffers = store as IBufferDistributedCache;
    private readonly SemaphoreSlim _entrance = new(1);
    private int _answered;
    private int _abandoned;

    /// <summary>Whether so many calls that nobody waits for are under way that no more should be made.</summary>
    public bool AreTooMany => Volatile.Read(ref _abandoned) >= MostAbandoned;

    /// <summary>Reads a value; <see langword="null"/> if there is none. Fails as the store fails.</summary>
    /// <param name="name">Its key.</param>
    /// <param name="mostBytes">How large it may be at the most.</param>
    /// <param name="abandoned">Says that nobody waits any more.</param>
    public Task<StoreValue?> GetAsync(string name, int mostBytes, CancellationToken abandoned) => Task.Run(
        async () =>
        {
            StoreValue? value = _buffers is null ? null : new StoreValue(mostBytes);
            try
            {
                if (value is null)
                {
                    byte[]? bytes = await EnterAsync(() => store.GetAsync(name, abandoned), abandoned).ConfigureAwait(false);
                    return bytes is null ? null : new StoreValue(bytes);
                }

                if (await EnterAsync(() => _buffers!.TryGetAsync(name, value, abandoned).AsTask(), abandoned).ConfigureAwait(false))
                {
                    return value;
                }
            }
            catch (Exception) when (value is { IsTooLarge: true })
            {
                // The store has passed on what the value threw: the store has not failed.
                return value;
            }

            value.Dispose();
            return null;
        },
        CancellationToken.None);

    /// <summary>Writes a value of two parts. Fails as the store fails.</summary>
    public Task SetAsync(
        string name,
        byte[] header,
        ReadOnlyMemory<byte> payload,
        DistributedCacheEntryOptions options,
        CancellationToken abandoned) => Task.Run(
        async () => await EnterAsync(
            async () =>
            {
                if (_buffers is not null)
                {
                    await _buffers.SetAsync(name, RecordSegment.Join(header, payload), options, abandoned).ConfigureAwait(false);
                }
                else
                {
                    await store.SetAsync(name, [.. header, .. payload.Span], options, abandoned).ConfigureAwait(false);
                }

                return true;
            },
            abandoned).ConfigureAwait(false),
        CancellationToken.None);

    /// <summary>Tells calls that nobody waits for them, counts those that go on until they end, and sees their exceptions.</summary>
    /// <param name="abandoned">What the calls were given; its callbacks are the client's, and run on the pool.</param>
    /// <param name="calls">The calls, ended or not.</param>
    public void Abandon(CancellationTokenSource abandoned, IEnumerable<Task> calls)
    {
        foreach (Task call in calls)
        {
            Abandon(call);
        }

        Abandon(abandoned.CancelAsync());
    }

    /// <summary>Counts a call that nobody waits for until it ends, and sees its exception.</summary>
    public void Abandon(Task call)
    {
        Interlocked.Increment(ref _abandoned);
        _ = call.ContinueWith(
            static (call, state) =>
            {
                _ = call.Exception;
                Interlocked.Decrement(ref ((StoreCalls)state!)._abandoned);
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task<T> EnterAsync<T>(Func<Task<T>> call, CancellationToken abandoned)
    {
        await _entrance.WaitAsync(abandoned).ConfigureAwait(false);
        Task<T> entered;
        try
        {
            entered = call();
        }
        finally
        {
            _entrance.Release();
        }

        T answer = await entered.ConfigureAwait(false);
        if (Volatile.Read(ref _answered) == 0 && Interlocked.Exchange(ref _answered, 1) == 0)
        {
            _entrance.Release(MostEntering - 1);
        }

        return answer;
    }
}
