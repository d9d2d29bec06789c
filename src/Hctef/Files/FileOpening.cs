using Hctef.Diagnostics;
using Hctef.Fetching;
using Hctef.Http;
using Hctef.Options;

namespace Hctef.Files;

/// <summary>
/// Opens one file by one request: its reply brings length, validators, the proof that ranges work, and the first prefetched bytes. The
/// file is open when the reply's headers are in; the body goes on filling the cache.
/// </summary>
internal sealed class FileOpening
{
    private readonly HctefEngine _engine;
    private readonly Uri _uri;
    private readonly ResolvedFileOptions _options;
    private readonly RangeTarget _target;
    private readonly HostState _host;
    private readonly ServingHost _serving;
    private readonly FileCounters _counters;
    private readonly string _cacheKey;
    private readonly KnownVersion _known;
    private Download? _download;
    private CacheAdmission? _admission;

    public FileOpening(HctefEngine engine, Uri uri, ResolvedFileOptions options, FileCounters counters)
    {
        _engine = engine;
        _uri = uri;
        _options = options;
        _counters = counters;
        _target = RangeTarget.Create(uri, options.Headers, options.ForwardHeadersTo);
        engine.Egress?.Check(_target.Uri);
        engine.Network.CheckResolvable(_target.Uri);
        if (options.Refresh is { } refresh)
        {
            RangeNetwork network = engine.Network;
            _target.Renewal = new TargetRenewal(_target, uri, refresh, network.Transport.FirstByteTimeout, network.Time, network.Stopping);
        }

        _host = engine.Hosts.Get(_target.Uri);
        _serving = new ServingHost(engine.Hosts, _host);
        _cacheKey = options.CacheKey ?? _target.Uri.AbsoluteUri;
        _known = new KnownVersion(engine.SharedVersions, _host, _cacheKey, IsPartitionLasting ? CachePartition.OfAsking(options.Partition, _target) : null);
    }

    /// <summary>What the file is called in messages.</summary>
    public string RedactedUrl => _target.RedactedUrl;

    /// <summary>The longest file that is downloaded; null if none is.</summary>
    private long? MostWhole => _options.WhenRangesUnsupported == RangeFallback.Download
        ? Math.Min(_options.MaxDownloadBytes ?? long.MaxValue, (long)_engine.Cache.MostHeld * _engine.Cache.BlockBytes)
        : null;

    /// <summary>Credentials that will be renewed tell nobody apart for long: without a name, what they bring is this opening's alone.</summary>
    private bool IsPartitionLasting => _options is not { Refresh: not null, Partition: null };

    /// <summary>Opens the file.</summary>
    /// <param name="asksOrigin">Whether the origin is asked, whatever other machines have told lately.</param>
    /// <param name="cancellationToken">Gives up the opening.</param>
    public async Task<RemoteFile> OpenAsync(bool asksOrigin, CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _engine.Network.Stopping);
            await _known.FindAsync(either.Token).ConfigureAwait(false);
            return !asksOrigin && _known.Trusted is { } trusted && IsExpected(trusted)
                ? Pin(trusted, _known.Asker)
                : await AskAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(IRangeReaderFactory), "The service provider was disposed while a file was opening.");
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (HctefException failure)
        {
            // Of a file that is reopened; one that was never open tells of it itself.
            _counters.LastFailure = new LastFailure(failure, _engine.Network.Time.GetUtcNow());
            throw;
        }
    }

    private async Task<RemoteFile> AskAsync(CancellationToken cancellationToken)
    {
        var request = new OpeningRequest(_engine.Network, _serving, _target, _counters);
        if (await _known.ConfirmAsync(request, reply => PartitionOf(reply), cancellationToken).ConfigureAwait(false) is var (probe, probed))
        {
            return Pin(probe, probed, keepsBody: false);
        }

        RequestedRange range = OpeningRange.Choose(
            _options, _engine.Cache, _host.RefusesSuffix, cached: _engine.Versions.HasBlocks(_cacheKey));
        var ladder = new OpeningLadder(_engine.Network, _host, _target, request, _engine.Cache.BlockBytes, MostWhole);
        (RangeReply reply, HostPermit permit) = await ladder.ClimbAsync(range, cancellationToken).ConfigureAwait(false);
        return Pin(reply, permit, keepsBody: range.IsSuffix || range.End > 1);
    }

    /// <summary>Opens a version that no reply has brought.</summary>
    private RemoteFile Pin(Representation representation, string? partition)
    {
        ThrowIfUnexpected(representation);
        var file = new RemoteFile(_engine, _uri, CreateSource, AcquireVersion(representation, partition, isWhole: false));
        file.Prefetch.StartRest(_options);
        return file;
    }

    private RemoteFile Pin(RangeReply reply, HostPermit permit, bool keepsBody)
    {
        bool bodyIsTaken = false;
        RemoteFile? file = null;
        try
        {
            Representation representation = reply.Representation!;
            ThrowIfUnexpected(representation);
            string? partition = PartitionOf(reply);
            file = new RemoteFile(_engine, _uri, CreateSource, AcquireVersion(representation, partition, reply.IsWhole));
            if (partition is not null && !reply.IsWhole && FileVersion.CanBeShared(representation, _options.Immutable))
            {
                // That of a whole file is not told: others must learn by a reply of their own that there are no ranges.
                _known.Tell(representation, partition, _options.Immutable);
            }

            if (reply.IsWhole)
            {
                bodyIsTaken = file.Prefetch.TakeWhole(reply, permit);
            }
            else if (reply.Verdict == RangeVerdict.Accepted)
            {
                bodyIsTaken = keepsBody && file.Prefetch.TakeBody(reply, permit);
                if (!bodyIsTaken && reply.End - reply.Start == 1)
                {
                    bodyIsTaken = true;
                    _ = EndProbeAsync(reply, permit);
                }
            }

            file.Prefetch.StartRest(_options);
            return file;
        }
        catch
        {
            file?.Dispose();
            throw;
        }
        finally
        {
            if (!bodyIsTaken)
            {
                reply.Dispose();
                permit.Dispose();
            }
        }
    }

    private void ThrowIfUnexpected(Representation representation)
    {
        if (!IsExpected(representation))
        {
            throw new RemoteFileChangedException(
                $"{_target.RedactedUrl} carries the entity tag {PrintableText.Of(representation.EntityTag ?? "(none)")}, but "
                + $"RemoteFileOptions.ExpectedEntityTag is {PrintableText.Of(_options.ExpectedEntityTag!)} (quotes are part of a tag).",
                opened: null,
                representation.ToInfo(_options.Immutable));
        }
    }

    private bool IsExpected(Representation representation) =>
        _options.ExpectedEntityTag is not { } expected || string.Equals(expected, representation.EntityTag, StringComparison.Ordinal);

    private string? PartitionOf(RangeReply reply) => IsPartitionLasting ? CachePartition.Of(_options.Partition, _target, reply) : null;

    private FileVersion AcquireVersion(Representation representation, string? partition, bool isWhole)
    {
        FileVersion version = _engine.Versions.Acquire(_cacheKey, partition, representation, _options.Immutable, keeps: isWhole);
        _download = isWhole ? new Download(_engine.Cache, version.Kept!) : null;
        if (partition is not null && FileVersion.CanBeShared(representation, _options.Immutable))
        {
            _admission = new CacheAdmission(later => IsOf(later, partition), () => _engine.Versions.Withdraw(version));
        }

        return version;
    }

    /// <summary>Whether a later reply may be kept where the opening's is: the credentials are those of the message as it was sent.</summary>
    private bool IsOf(RangeReply later, string partition) =>
        later.Representation is { CacheRules.CanBeShared: true }
        && string.Equals(CachePartition.Of(_options.Partition, _target, later), partition, StringComparison.Ordinal);

    private RangeSource CreateSource(FileVersion version, CancellationToken closing) => new()
    {
        Target = _target,
        Version = version.Representation,
        Serving = _serving,
        Network = _engine.Network,
        Cache = _engine.Cache,
        Map = version.Map,
        Tiers = version.Tiers,
        AllTiers = _engine.Tiers,
        Counters = _counters,
        Closing = closing,
        Failed = failure => _known.OnFailed(version.Representation, failure),
        MinimumRequestBytes = _options.MinimumRangeRequestBytes,
        Download = _download,
        Admission = _admission,
        MaxReadaheadBytes = _engine.Cache.MostHeld == 0 || _download is not null ? 0 : _options.ReadaheadBytes ?? long.MaxValue,
        Runs = new RunHistory(),
    };

    /// <summary>
    /// Reads a probe's one byte, so that its connection can be used again, and gives back reply and permit. Nobody waits for it: the
    /// headers have told all that was asked. It ends with the byte, the idle timeout or the registration.
    /// </summary>
    private async Task EndProbeAsync(RangeReply reply, HostPermit permit)
    {
        using (permit)
        using (reply)
        {
            try
            {
                byte[] probe = new byte[1];
                while (await reply.ReadAsync(probe, _engine.Network.Stopping).ConfigureAwait(false) is int count && count > 0)
                {
                    _counters.CountFetched(count);
                }
            }
            catch (Exception failure) when (failure is HctefException or OperationCanceledException)
            {
                // The byte is not kept.
            }
        }
    }
}
