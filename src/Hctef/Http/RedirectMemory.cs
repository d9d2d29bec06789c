namespace Hctef.Http;

/// <summary>
/// Where the redirects of one opened file led last, so that its next requests ask there at once. In memory, and for one credential only.
/// Safe for concurrent use: one immutable entry, replaced as a whole; whoever resolved last is believed.
/// </summary>
internal sealed class RedirectMemory
{
    private Entry? _last;

    /// <summary>Where to ask; null where the original URL must be asked.</summary>
    public Uri? Find(Uri original, string credentialFingerprint, DateTimeOffset now) =>
        Volatile.Read(ref _last) is { } entry
        && now < entry.End
        && entry.CredentialFingerprint == credentialFingerprint
        && entry.Original.AbsoluteUri == original.AbsoluteUri
            ? entry.Target
            : null;

    /// <summary>Notes the target that served a request, for a time; one of no time is not noted.</summary>
    public void Remember(Uri original, string credentialFingerprint, Uri target, DateTimeOffset now, TimeSpan lifetime)
    {
        if (lifetime > TimeSpan.Zero)
        {
            Volatile.Write(ref _last, new Entry(original, credentialFingerprint, target, now + lifetime));
        }
    }

    /// <summary>Forgets a target that did not serve, unless another has been found meanwhile.</summary>
    public void Forget(Uri target)
    {
        Entry? entry = Volatile.Read(ref _last);
        if (entry is not null && ReferenceEquals(entry.Target, target))
        {
            Interlocked.CompareExchange(ref _last, value: null, entry);
        }
    }

    private sealed class Entry(Uri original, string credentialFingerprint, Uri target, DateTimeOffset end)
    {
        public Uri Original { get; } = original;

        public string CredentialFingerprint { get; } = credentialFingerprint;

        public Uri Target { get; } = target;

        public DateTimeOffset End { get; } = end;
    }
}
