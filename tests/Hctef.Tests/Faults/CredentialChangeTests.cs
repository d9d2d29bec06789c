using Hctef.Tests.Files;
using Hctef.TestServer.Gates;
using Hctef.TestServer.Honest;
using Microsoft.Extensions.DependencyInjection;

namespace Hctef.Tests.Faults;

/// <summary>
/// A handler that sends other credentials while a file is open, and a server that says otherwise who may keep its bytes: what comes then is
/// not shared with those who opened the file before.
/// </summary>
public sealed class CredentialChangeTests : IAsyncLifetime
{
    private const int Block = 16 * 1024;
    private const int Length = 1 << 20;
    private const string Header = "X-Token";

    private FileRig _rig = null!;
    private ServedFile _served = null!;

    /// <summary>What the handler adds; nothing if null.</summary>
    private string? Token { get; set; } = "a";

    public async Task InitializeAsync()
    {
        _rig = await FileRig.StartAsync(
            static options => options.FileDefaults.PrefetchBytes = 0,
            register: (builder, _) => builder.HttpClientBuilder.AddHttpMessageHandler(() => new TokenHandler(this)));
        _served = _rig.Server.Add("file.bin", Length);
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task H9_bytes_of_a_new_token_are_found_by_no_later_opening(bool sync)
    {
        using IRemoteFile file = await OpenAsync();
        await file.AssertReadsAsync(_served, 0, Block, sync);
        Token = "b";
        await file.AssertReadsAsync(_served, 4 * Block, Block, sync);
        Assert.Equal($"0-{Block} {4 * Block}-{5 * Block}", file.CachedText());
        Assert.Equal(3, _rig.Server.RequestCount);

        foreach (string token in (string[])["a", "b"])
        {
            Token = token;
            using IRemoteFile later = await OpenAsync();
            Assert.Empty(later.GetCachedRanges());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task H2_H9_bytes_of_a_new_token_are_not_shared_with_who_has_the_file_open_by_the_old_one(bool sync)
    {
        using IRemoteFile changing = await OpenAsync();
        IRemoteFile other = await OpenAsync();
        await other.AssertReadsAsync(_served, 0, Block, sync);
        Token = "b";
        await changing.AssertReadsAsync(_served, 0, 3 * Block, sync);
        await changing.AssertReadsAsync(_served, 8 * Block, Block, sync);
        Assert.Equal(0, await changing.PrefetchAsync([new ByteRange(0, Length)]));
        await changing.ReadRangesAsync([new RangeRead(20 * Block, new byte[100])]);
        Assert.Equal($"0-{Block}", other.CachedText());

        // Alone, it keeps what it reads.
        other.Dispose();
        await changing.AssertReadsAsync(_served, 10 * Block, Block, sync);
        await changing.AssertReadsAsync(_served, 12 * Block, Block, sync);
        Assert.EndsWith($" {12 * Block}-{13 * Block}", changing.CachedText(), StringComparison.Ordinal);
        await _rig.WhenQuietAsync();
    }

    [Fact]
    public async Task H9_reading_ahead_ends_where_nothing_may_be_kept()
    {
        using IRemoteFile changing = await _rig.OpenAsync(_served, static options => options.ReadaheadBytes = 16 * Block);
        using IRemoteFile other = await OpenAsync();
        await using RemoteFileStream cursor = changing.OpenStream();
        byte[] buffer = new byte[Block];
        await cursor.ReadExactlyAsync(buffer);
        await cursor.ReadExactlyAsync(buffer);
        await _rig.WhenQuietAsync();
        Token = "b";
        while (cursor.Position < Length)
        {
            long position = cursor.Position;
            await cursor.ReadExactlyAsync(buffer).AsTask().WaitAsync(FileRig.HangGuard);
            Assert.True(_served.Matches(buffer, position));
        }

        // Each block once, and what the old token has brought or a refused fetch was asked for.
        Assert.InRange(_rig.Server.RequestCount, 3, 2 * Length / Block);
        Assert.DoesNotContain(other.GetCachedRanges(), range => range.Offset + range.Length == Length);
    }

    [Fact]
    public async Task H2_H9_who_has_joined_a_fetch_that_is_answered_to_a_new_token_asks_by_its_own()
    {
        using IRemoteFile changing = await OpenAsync();
        using IRemoteFile other = await OpenAsync();
        ResponseGate gate = _served.HoldHeaders(static request => request.Headers.GetValueOrDefault(Header) == "b");
        Token = "b";
        Task first = changing.AssertReadsAsync(_served, 0, Block);
        await gate.Reached.WaitAsync(FileRig.HangGuard);
        Token = "a";
        Task joined = other.AssertReadsAsync(_served, 0, Block);
        gate.Release();
        await Task.WhenAll(first, joined).WaitAsync(FileRig.HangGuard);

        Assert.Equal($"0-{Block}", other.CachedText());
        Assert.Contains(
            _rig.Server.Log, static request => request.Range == $"bytes=0-{Block - 1}" && request.Headers.GetValueOrDefault(Header) == "a");
        await _rig.WhenQuietAsync();
        Assert.Null(((Hctef.Files.RemoteFile)changing).LastFailure);
        _rig.Engine.Cache.CheckIntegrity([((Hctef.Files.RemoteFile)other).Source.Map]);
    }

    [Fact]
    public async Task H2_H9_bytes_of_a_new_token_that_come_when_who_asked_has_closed_are_not_taken_by_the_last_who_has_the_file_open()
    {
        using IRemoteFile other = await OpenAsync();
        ResponseGate gate = _served.HoldHeaders(static request => request.Headers.GetValueOrDefault(Header) == "b");
        using (IRemoteFile changing = await OpenAsync())
        {
            Token = "b";
            Task<int> first = changing.ReadAsync(new byte[Block], 0).AsTask();
            await gate.Reached.WaitAsync(FileRig.HangGuard);
            Token = "a";
            Task joined = other.AssertReadsAsync(_served, 0, Block);
            changing.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => first);
            gate.Release();
            await joined.WaitAsync(FileRig.HangGuard);
        }

        Assert.Contains(
            _rig.Server.Log, static request => request.Range == $"bytes=0-{Block - 1}" && request.Headers.GetValueOrDefault(Header) == "a");
        Assert.Equal($"0-{Block}", other.CachedText());
        await _rig.WhenQuietAsync();
    }

    [Fact]
    public async Task H9_a_named_tenant_keeps_its_partition()
    {
        using IRemoteFile file = await OpenAsync("tenant");
        Token = "b";
        await file.AssertReadsAsync(_served, 0, Block);
        using IRemoteFile later = await OpenAsync("tenant");
        Assert.Equal($"0-{Block}", later.CachedText());
    }

    [Theory]
    [InlineData("Cache-Control", "private")]
    [InlineData("Vary", Header)]
    public async Task H6_H9_a_named_tenant_does_not_where_the_server_tells_its_credentials_apart(string name, string value)
    {
        _served.ExtraHeaders[name] = value;
        using IRemoteFile file = await OpenAsync("tenant");
        Token = "b";
        await file.AssertReadsAsync(_served, 0, Block);
        Token = "a";
        using IRemoteFile later = await OpenAsync("tenant");
        Assert.Empty(later.GetCachedRanges());
    }

    [Theory]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("Vary", "*")]
    public async Task H6_a_later_reply_that_is_not_to_be_kept_ends_the_sharing(string name, string value)
    {
        using IRemoteFile file = await OpenAsync();
        using IRemoteFile other = await OpenAsync();
        _served.ExtraHeaders[name] = value;
        await file.AssertReadsAsync(_served, 0, Block);
        Assert.Empty(other.GetCachedRanges());

        _served.ExtraHeaders.Clear();
        using IRemoteFile later = await OpenAsync();
        Assert.Empty(later.GetCachedRanges());
    }

    [Fact]
    public async Task H9_a_cursor_of_its_own_blocks_keeps_what_any_token_brings()
    {
        using IRemoteFile file = await OpenAsync();
        using IRemoteFile other = await OpenAsync();
        await using RemoteFileStream cursor = file.OpenStream(CursorCaching.Private);
        Token = "b";
        byte[] buffer = new byte[100];
        await cursor.ReadExactlyAsync(buffer);
        cursor.Position = 50;
        await cursor.ReadExactlyAsync(buffer);

        Assert.Equal(3, _rig.Server.RequestCount);
        Assert.True(_served.Matches(buffer, 50));
    }

    private Task<IRemoteFile> OpenAsync(string? partition = null) => _rig.OpenAsync(_served, options => options.Partition = partition);

    private sealed class TokenHandler(CredentialChangeTests test) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (test.Token is { } token)
                request.Headers.TryAddWithoutValidation(Header, token);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
