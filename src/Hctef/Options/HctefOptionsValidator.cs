using System.Numerics;
using Microsoft.Extensions.Options;

namespace Hctef.Options;

/// <summary>Holds the options of every registration against their documented ranges, at start and after each reload.</summary>
internal sealed class HctefOptionsValidator : IValidateOptions<HctefOptions>
{
    public ValidateOptionsResult Validate(string? name, HctefOptions options)
    {
        var problems = new OptionsProblems(HctefNames.Of(name ?? ""));
        CheckPart(options.Cache, nameof(options.Cache), problems, CheckCache);
        CheckPart(options.Transport, nameof(options.Transport), problems, CheckTransport);
        CheckPart(options.Retry, nameof(options.Retry), problems, CheckRetry);
        CheckPart(options.Egress, nameof(options.Egress), problems, HctefEgressRules.Check);
        CheckPart(options.FileDefaults, nameof(options.FileDefaults), problems, RemoteFileOptionsRules.CheckDefaults);
        RemoteFileOptionsRules.CheckRoom(options.FileDefaults, options.Cache, nameof(options.FileDefaults) + ".", problems);
        foreach ((string file, RemoteFileOptions? fileOptions) in options.Files)
        {
            CheckFile(file, fileOptions, problems);
            RemoteFileOptionsRules.CheckRoom(fileOptions, options.Cache, $"{nameof(options.Files)}:{file}:", problems);
        }

        return problems.Any ? ValidateOptionsResult.Fail(problems.Messages) : ValidateOptionsResult.Success;
    }

    private static void CheckPart<T>(T? part, string name, OptionsProblems problems, Action<T, string, OptionsProblems> check)
        where T : class
    {
        if (part is null)
            problems.Add(name, "must not be null");
        else
            check(part, name + ".", problems);
    }

    private static void CheckCache(HctefCacheOptions cache, string path, OptionsProblems problems)
    {
        if (!BitOperations.IsPow2(cache.BlockBytes) || cache.BlockBytes is < 512 or > 1024 * 1024)
            problems.Add(path + nameof(cache.BlockBytes), $"is {cache.BlockBytes}, but must be a power of two from 512 to 1048576");
        if (cache.MemoryBytes is { } memory && memory != 0 && memory < cache.BlockBytes)
        {
            problems.Add(
                path + nameof(cache.MemoryBytes),
                $"is {memory}, but must be 0 for no cache or at least {nameof(cache.BlockBytes)}, which is {cache.BlockBytes}");
        }

        CheckPart(cache.Disk, path + nameof(cache.Disk), problems, DiskCacheRules.Check);
        CheckPart(
            cache.Distributed,
            path + nameof(cache.Distributed),
            problems,
            (distributed, under, found) => DistributedCacheRules.Check(distributed, under, cache.BlockBytes, found));
    }

    private static void CheckTransport(HctefTransportOptions transport, string path, OptionsProblems problems)
    {
        problems.CheckTime(path + nameof(transport.ConnectTimeout), transport.ConnectTimeout);
        problems.CheckTime(path + nameof(transport.FirstByteTimeout), transport.FirstByteTimeout);
        problems.CheckTime(path + nameof(transport.IdleTimeout), transport.IdleTimeout);
        if (transport.TotalTimeout is { } total)
            problems.CheckTime(path + nameof(transport.TotalTimeout), total);
        problems.CheckRange(path + nameof(transport.MaxConcurrencyPerHost), transport.MaxConcurrencyPerHost, 1, 1024);
        problems.CheckRange(path + nameof(transport.MaxRedirects), transport.MaxRedirects, 0, 10);
    }

    private static void CheckRetry(HctefRetryOptions retry, string path, OptionsProblems problems)
    {
        problems.CheckRange(path + nameof(retry.MaxRetries), retry.MaxRetries, 0, 100);
        problems.CheckTime(path + nameof(retry.BaseDelay), retry.BaseDelay);
        problems.CheckTime(path + nameof(retry.MaxDelay), retry.MaxDelay);
        problems.CheckTime(path + nameof(retry.MaxRetryAfter), retry.MaxRetryAfter);
        if (retry.MaxDelay < retry.BaseDelay)
        {
            problems.Add(
                path + nameof(retry.MaxDelay),
                $"is {retry.MaxDelay:c}, but must be at least {nameof(retry.BaseDelay)}, which is {retry.BaseDelay:c}");
        }
    }

    private static void CheckFile(string name, RemoteFileOptions? file, OptionsProblems problems)
    {
        if (string.IsNullOrWhiteSpace(name))
            problems.Add(nameof(HctefOptions.Files), "has a file without a name");
        else if (file is null)
            problems.Add($"{nameof(HctefOptions.Files)}:{name}", "must not be null");
        else
            RemoteFileOptionsRules.CheckRegistered(file, $"{nameof(HctefOptions.Files)}:{name}:", problems);
    }
}
