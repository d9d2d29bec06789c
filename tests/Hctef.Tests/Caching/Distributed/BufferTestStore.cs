using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace Hctef.Tests.Caching.Distributed;

/// <summary>The same store, filling memory of its caller's.</summary>
internal sealed class BufferTestStore : TestStore, IBufferDistributedCache
{
    /// <summary>How much memory it asks for each time, whatever is left to write, as that of SQL Server does; 0 for what the value takes.</summary>
    public int PageBytes { get; init; }

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        byte[]? value = await GetAsync(key, token);
        if (value is null)
            return false;
        if (PageBytes == 0)
            destination.Write(value);
        else
            WritePages(value, destination);
        return true;
    }

    public async ValueTask SetAsync(
        string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        await SetAsync(key, value.ToArray(), options, token);

    public bool TryGet(string key, IBufferWriter<byte> destination) => throw new NotSupportedException();

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    /// <summary>The last page is empty: only that tells that the value has ended.</summary>
    private void WritePages(ReadOnlyMemory<byte> value, IBufferWriter<byte> destination)
    {
        int count;
        do
        {
            Memory<byte> page = destination.GetMemory(PageBytes);
            count = Math.Min(page.Length, value.Length);
            value[..count].CopyTo(page);
            value = value[count..];
            destination.Advance(count);
        }
        while (count > 0);
    }
}
