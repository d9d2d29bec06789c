using System.Globalization;
using Hctef.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Hctef.Caching.Distributed;

/// <summary>
/// Reads records of one file, those of a read all at once, in one soft timeout for all that it takes. What is late is given up: it ends in
/// its own time and memory, and nobody looks at it.
/// </summary>
internal sealed class StoreReader(
    StoreCalls calls,
    StoreBreaker breaker,
    FileGenerations generations,
    StoreKeys keys,
    RecordFormat format,
    TierCounters counters,
    ILogger logger,
    TimeProvider time,
    TimeSpan timeout)
{
    /// <summary>Reads and verifies some records.</summary>
    /// <returns>
    /// For each address its record, for the caller to dispose, or <see langword="null"/>; empty if nothing of the file is there, or the
    /// store is not asked or does not answer.
    /// </returns>
    /// <exception cref="OperationCanceledException">By <paramref name="cancellationToken"/> only.</exception>
    public async ValueTask<StoredRecord?[]> ReadAsync(string cacheKey, RecordAddress[] addresses, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (calls.AreTooMany || !breaker.TryEnter(out long era))
        {
            return [];
        }

        // Set before the first call, and by itself: callbacks of the client run by another token, so that none holds this one up.
        using var deadline = new CancellationTokenSource(timeout, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var abandoned = new CancellationTokenSource();
        Task<StoreValue?>[] reading = [];
        UInt128 generation = default;
        try
        {
            if (await generations.FindAsync(cacheKey).WaitAsync(waiting.Token).ConfigureAwait(false) is not { } found)
            {
                breaker.Succeeded(era);
                return [];
            }

            generation = found;
            reading = Array.ConvertAll(
                addresses,
                address => calls.GetAsync(keys.NameOf(address, found), format.HeaderBytes + address.PayloadBytes, abandoned.Token));
            await Task.WhenAll(reading).WaitAsync(waiting.Token).ConfigureAwait(false);
            breaker.Succeeded(era);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            breaker.GivenUp(era);
            calls.Abandon(abandoned, reading);
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure)
        {
            bool isLate = deadline.IsCancellationRequested;
            if (isLate && reading.Length == 0)
            {
                generations.GiveUp(cacheKey);
            }

            counters.CountFailed();
            breaker.Failed(era, isLate ? Late() : failure.GetType().Name);
            calls.Abandon(abandoned, reading.Where(static call => !call.IsCompletedSuccessfully));
        }

        var records = new StoredRecord?[reading.Length];
        for (int i = 0; i < reading.Length; i++)
        {
            if (reading[i].IsCompletedSuccessfully)
            {
                records[i] = Open(addresses[i], generation, await reading[i].ConfigureAwait(false));
            }
        }

        return records;
    }

    private string Late() => string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalMilliseconds} ms");

    private StoredRecord? Open(RecordAddress address, UInt128 generation, StoreValue? value)
    {
        if (value is null)
        {
            return null;
        }

        if (!value.IsTooLarge && format.TryOpen(address, generation, value.Bytes, out ReadOnlyMemory<byte> payload))
        {
            return new StoredRecord(value, payload);
        }

        value.Dispose();
        counters.CountRejected();
        Log.StoreValueRejected(logger, address.Kind.ToString());
        return null;
    }
}
