using Hctef.Http;

namespace Hctef.Options;

/// <summary>What must hold for the options of the disk tier, whether it is on or off.</summary>
internal static class DiskCacheRules
{
    private const long LeastBytes = 16L * 1024 * 1024;

    public static void Check(DiskCacheOptions options, string path, OptionsProblems problems)
    {
        if (options.Path is { } folder)
            CheckFolder(folder, path + nameof(options.Path), problems);
        problems.CheckAtLeast(path + nameof(options.MaxBytes), options.MaxBytes, LeastBytes);
        problems.CheckAtLeast(path + nameof(options.MinFreeBytes), options.MinFreeBytes, 0);
        if (options.MaxAge is { } age)
            problems.CheckAge(path + nameof(options.MaxAge), age);
    }

    private static void CheckFolder(string folder, string option, OptionsProblems problems)
    {
        if (string.IsNullOrWhiteSpace(folder))
            problems.Add(option, "is blank; leave it out for no disk tier, or give it a folder");
        else if (folder.Contains('\0', StringComparison.Ordinal))
            problems.Add(option, "holds a null character");
        else if (!Path.IsPathFullyQualified(folder))
            problems.Add(option, $"is '{PrintableText.Of(folder)}', but must be an absolute path: services are started in folders of all kinds");
    }
}
