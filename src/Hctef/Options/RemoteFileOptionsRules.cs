using Hctef.Http;

namespace Hctef.Options;

/// <summary>What must hold for the options of a file, wherever they are given. Messages never carry values of headers.</summary>
internal static class RemoteFileOptionsRules
{
    public static void Check(RemoteFileOptions options, string path, OptionsProblems problems)
    {
        if (options.PrefetchBytes is { } prefetch)
            problems.CheckAtLeast(path + nameof(options.PrefetchBytes), prefetch, 0);
        if (options.ReadaheadBytes is { } readahead)
            problems.CheckAtLeast(path + nameof(options.ReadaheadBytes), readahead, 0);
        if (options.MinimumRangeRequestBytes is { } minimum)
            problems.CheckAtLeast(path + nameof(options.MinimumRangeRequestBytes), minimum, 1);
        if (options.PrefetchDirection is { } direction)
            problems.CheckDefined(path + nameof(options.PrefetchDirection), direction);
        if (options.WhenRangesUnsupported is { } fallback)
            problems.CheckDefined(path + nameof(options.WhenRangesUnsupported), fallback);
        if (options.MaxDownloadBytes is { } download)
            problems.CheckAtLeast(path + nameof(options.MaxDownloadBytes), download, 1);
        if (options.OnStartFailure is { } onStartFailure)
            problems.CheckDefined(path + nameof(options.OnStartFailure), onStartFailure);
        if (options.OnChange is { } onChange)
            problems.CheckDefined(path + nameof(options.OnChange), onChange);
        CheckNotBlank(options.CacheKey, path + nameof(options.CacheKey), problems);
        CheckNotBlank(options.Partition, path + nameof(options.Partition), problems);
        if (options.ExpectedEntityTag is { } tag && HasControlCharacter(tag))
            problems.Add(path + nameof(options.ExpectedEntityTag), "contains a control character");

        CheckHeaders(options, path, problems);
        CheckHosts(options, path, problems);
    }

    /// <summary>Adds what must hold for a file beside a cache: what is downloaded whole must not take more than half of it.</summary>
    public static void CheckRoom(RemoteFileOptions? options, HctefCacheOptions? cache, string path, OptionsProblems problems)
    {
        long most = (cache?.MemoryBytes ?? HctefDefaults.MemoryBytes) / 2;
        if (options?.MaxDownloadBytes > most)
        {
            problems.Add(
                path + nameof(options.MaxDownloadBytes),
                $"is {options.MaxDownloadBytes}, but must be at most half of Cache.MemoryBytes, which is {most}");
        }

        if (options?.WhenRangesUnsupported == RangeFallback.Download && cache?.MemoryBytes == 0)
        {
            problems.Add(
                path + nameof(options.WhenRangesUnsupported),
                $"is {RangeFallback.Download}, but Cache.MemoryBytes is 0: what is downloaded lies in the cache");
        }
    }

    /// <summary>Adds what must hold for a registered file: it says where it lies.</summary>
    public static void CheckRegistered(RemoteFileOptions options, string path, OptionsProblems problems)
    {
        string option = path + nameof(options.Url);
        if (options.Url is null)
            problems.Add(option, "is missing; every registered file needs an absolute http or https URL");
        else if (!options.Url.IsAbsoluteUri)
            problems.Add(option, "is relative, but must be an absolute http or https URL");
        else if (!HttpUrl.IsOpenable(options.Url))
            problems.Add(option, $"has the scheme '{options.Url.Scheme}', but must be an absolute http or https URL");

        Check(options, path, problems);
    }

    /// <summary>Adds what must hold for defaults: nothing in them tells one file from another.</summary>
    public static void CheckDefaults(RemoteFileOptions options, string path, OptionsProblems problems)
    {
        const string Problem = "must not be set: it belongs to one file and cannot be a default of all";
        if (options.Url is not null)
            problems.Add(path + nameof(options.Url), Problem);
        if (options.CacheKey is not null)
            problems.Add(path + nameof(options.CacheKey), Problem);
        if (options.ExpectedEntityTag is not null)
            problems.Add(path + nameof(options.ExpectedEntityTag), Problem);

        Check(options, path, problems);
    }

    /// <summary>A blank one is a value that was not filled in: files or tenants that it does not tell apart would share bytes.</summary>
    private static void CheckNotBlank(string? value, string option, OptionsProblems problems)
    {
        if (value is not null && string.IsNullOrWhiteSpace(value))
            problems.Add(option, "is blank; leave it out, or give it a value");
    }

    private static void CheckHeaders(RemoteFileOptions options, string path, OptionsProblems problems)
    {
        string option = path + nameof(options.Headers);
        foreach ((string name, string? value) in options.Headers)
        {
            if (CallerHeaders.FindProblem(name, value) is { } problem)
                problems.Add(option, $"has '{PrintableText.Of(name)}', which cannot be sent: {problem}");
        }
    }

    private static void CheckHosts(RemoteFileOptions options, string path, OptionsProblems problems)
    {
        const string Problem = "has an entry that is no host name; give exact names without scheme and port";
        foreach (string host in options.ForwardHeadersTo)
        {
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
                problems.Add(path + nameof(options.ForwardHeadersTo), Problem);
        }
    }

    private static bool HasControlCharacter(string value) => value.Any(char.IsControl);
}
