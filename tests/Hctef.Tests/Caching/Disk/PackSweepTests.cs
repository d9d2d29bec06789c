using Hctef.Caching.Disk;
using Hctef.Diagnostics;
using Hctef.Tests.Samples;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hctef.Tests.Caching.Disk;

/// <summary>What a sweep of the folder looks at, and what it deletes.</summary>
public sealed class PackSweepTests : IDisposable
{
    private const int Bytes = 1000;
    private const long All = long.MaxValue;

    private readonly ScratchFolder _scratch = new();
    private readonly HookedDiskFiles _files = new();
    private readonly HashSet<string> _used = [];
    private readonly DiskCacheOptions _options = new() { MaxBytes = 16 << 20 };
    private readonly DiskFolder _folder;
    private readonly PackReader _reader;
    private readonly PackSweep _sweep;

    public PackSweepTests()
    {
        var clock = new DiskClock(TimeProvider.System);
        _folder = DiskFolder.Open(_files, _scratch["cache"]);
        _reader = new PackReader(_files, clock, new TierCounters(), NullLogger.Instance, maxAge: null);
        _sweep = new PackSweep(_files, _options, clock, _reader, () => _used);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Only_packs_that_came_since_the_last_sweep_are_looked_at()
    {
        for (int i = 0; i < 20; i++)
            NewPack(i);
        Assert.Equal(20 * Bytes, _sweep.Run(_folder, All));
        Assert.Equal(20, Finds());

        NewPack(20);
        NewPack(21);
        Assert.Equal(22 * Bytes, _sweep.Run(_folder, All));
        Assert.Equal(22, Finds());
    }

    [Fact]
    public void Packs_that_others_have_deleted_count_no_more()
    {
        string gone = NewPack(0);
        NewPack(1);
        Assert.Equal(2 * Bytes, _sweep.Run(_folder, All));
        File.Delete(gone);
        Assert.Equal(Bytes, _sweep.Run(_folder, All));
        NewPack(2);
        Assert.Equal(2 * Bytes, _sweep.Run(_folder, All));
    }

    [Fact]
    public void Those_used_longest_ago_go_first()
    {
        string[] packs = [.. Enumerable.Range(0, 6).Select(i => NewPack(i, ageSeconds: i * 7 % 6))];
        Assert.Equal(3 * Bytes, _sweep.Run(_folder, 3 * Bytes));

        // Their ages were 0, 1, 2, 3, 4, 5.
        Assert.Equal([true, true, true, false, false, false], packs.Select(File.Exists));
    }

    [Fact]
    public void What_another_process_has_used_since_it_was_seen_is_not_taken_for_old()
    {
        string oldest = NewPack(0, ageSeconds: 100);
        string old = NewPack(1, ageSeconds: 90);
        string young = NewPack(2, ageSeconds: 10);
        _sweep.Run(_folder, All);
        File.SetLastWriteTimeUtc(oldest, DateTime.UtcNow);

        Assert.Equal(2 * Bytes, _sweep.Run(_folder, 2 * Bytes));
        Assert.Equal([true, false, true], new[] { oldest, old, young }.Select(File.Exists));
        Assert.Equal(Bytes, _sweep.Run(_folder, Bytes));
        Assert.Equal([true, false, false], new[] { oldest, old, young }.Select(File.Exists));
    }

    [Fact]
    public void What_this_process_has_used_goes_last()
    {
        string used = NewPack(0, ageSeconds: 100);
        string other = NewPack(1);
        _used.Add(Path.GetFileName(used));

        Assert.Equal(Bytes, _sweep.Run(_folder, Bytes));
        Assert.Equal([true, false], new[] { used, other }.Select(File.Exists));
        Assert.Equal(0, _sweep.Run(_folder, 0));
        Assert.False(File.Exists(used));
    }

    [Fact]
    public void A_pack_that_cannot_be_deleted_stays_counted_and_others_go_for_it()
    {
        for (int i = 0; i < 3; i++)
            NewPack(i);
        int deletes = 0;
        _files.Before = call =>
        {
            if (call == "Delete" && ++deletes == 1)
                throw new IOException("held open");
        };

        Assert.Equal(Bytes, _sweep.Run(_folder, Bytes));
        Assert.Single(Directory.EnumerateFiles(_folder.Path, "*.pack", SearchOption.AllDirectories));
        Assert.Equal(3, deletes);
    }

    [Fact]
    public void A_file_that_the_system_says_nothing_of_counts_nothing_and_keeps_no_others_from_going()
    {
        for (int i = 0; i < 3; i++)
            NewPack(i);
        int finds = 0;
        _files.Before = call =>
        {
            if (call == "Find" && ++finds == 2)
                throw new IOException("damaged");
        };
        Assert.Equal(2 * Bytes, _sweep.Run(_folder, All));
        Assert.Equal(3 * Bytes, _sweep.Run(_folder, All));

        _files.Before = static call => _ = call != "Find" ? 0 : throw new UnauthorizedAccessException();
        Assert.Equal(Bytes, _sweep.Run(_folder, Bytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_has_taken_the_place_of_a_pack_is_neither_counted_nor_touched(bool isTooOld)
    {
        _options.MaxAge = TimeSpan.FromDays(1);
        string pack = NewPack(0, ageSeconds: 100, created: DateTimeOffset.UtcNow.AddDays(isTooOld ? -0.9 : 0));
        string other = NewPack(1);
        Assert.Equal(2 * Bytes, _sweep.Run(_folder, All));
        File.Delete(pack);
        Directory.CreateDirectory(pack);
        _options.MaxAge = TimeSpan.FromDays(isTooOld ? 0.5 : 1);

        Assert.Equal(Bytes, _sweep.Run(_folder, Bytes));
        Assert.True(Directory.Exists(pack) && File.Exists(other));
        Assert.Equal(Bytes, _sweep.Run(_folder, All));
        Assert.Equal(0, _sweep.Run(_folder, 0));
        Assert.True(Directory.Exists(pack));
    }

    [Fact]
    public void A_pack_that_has_shrunk_counts_what_it_has()
    {
        string shrunk = NewPack(0, ageSeconds: 100);
        for (int i = 1; i < 4; i++)
            NewPack(i, ageSeconds: 50 - i);
        Assert.Equal(4 * Bytes, _sweep.Run(_folder, All));
        File.WriteAllBytes(shrunk, new byte[10]);
        File.SetLastWriteTimeUtc(shrunk, DateTime.UtcNow.AddSeconds(-100));

        Assert.Equal(2 * Bytes, _sweep.Run(_folder, (2 * Bytes) + 500));
        Assert.Equal(2 * Bytes, _sweep.Run(_folder, All));
    }

    [Fact]
    public void Abandoned_temporary_files_go_and_others_count_by_what_they_have_grown_to()
    {
        string abandoned = Path.ChangeExtension(NewPack(0), ".tmp");
        File.WriteAllBytes(abandoned, new byte[5]);
        File.SetLastWriteTimeUtc(abandoned, DateTime.UtcNow.AddMinutes(-11));
        string growing = Path.ChangeExtension(NewPack(1), ".tmp");
        File.WriteAllBytes(growing, new byte[10]);
        Assert.Equal((2 * Bytes) + 10, _sweep.Run(_folder, All));
        Assert.False(File.Exists(abandoned));

        File.WriteAllBytes(growing, new byte[30]);
        Assert.Equal((2 * Bytes) + 30, _sweep.Run(_folder, All));
    }

    [Fact]
    public void What_is_no_pack_of_its_bucket_is_neither_counted_nor_touched()
    {
        string bucket = Path.GetDirectoryName(NewPack(0))!;
        string folder = Path.Join(bucket, NameOf(0).Pack);
        Directory.CreateDirectory(folder);
        string strange = Path.Join(bucket, "notes.txt");
        File.WriteAllText(strange, "mine");
        string elsewhere = Path.Join(bucket, NameOf(5).Pack);
        File.WriteAllText(elsewhere, "mine");

        Assert.Equal(0, _sweep.Run(_folder, 0));
        Assert.True(Directory.Exists(folder) && File.Exists(strange) && File.Exists(elsewhere));
    }

    [Fact]
    public void Packs_that_are_too_old_go_the_oldest_first_but_not_all_at_once()
    {
        _options.MaxAge = TimeSpan.FromDays(1);
        _options.MaxBytes = 8 * 3 * Bytes;
        string[] packs = [.. Enumerable.Range(0, 5).Select(i => NewPack(i, created: DateTimeOffset.UtcNow.AddDays(i < 4 ? i - 10 : 0)))];

        Assert.Equal(2 * Bytes, _sweep.Run(_folder, All));
        Assert.Equal([false, false, false, true, true], packs.Select(File.Exists));
        Assert.Equal(Bytes, _sweep.Run(_folder, All));
        Assert.Equal([false, false, false, false, true], packs.Select(File.Exists));
    }

    private static PackName NameOf(int number, DateTimeOffset? created = null)
    {
        string key = $"{number:x2}".PadRight(PackName.KeyDigits, '7');
        return PackName.New(key, key, created ?? DateTimeOffset.UtcNow);
    }

    private int Finds() => _files.Calls.Count(static call => call == "Find");

    private string NewPack(int number, int ageSeconds = 0, DateTimeOffset? created = null)
    {
        PackName name = NameOf(number, created);
        string bucket = Path.Join(_folder.Path, name.Bucket);
        Directory.CreateDirectory(bucket);
        string path = Path.Join(bucket, name.Pack);
        File.WriteAllBytes(path, new byte[Bytes]);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(-ageSeconds));
        return path;
    }
}
