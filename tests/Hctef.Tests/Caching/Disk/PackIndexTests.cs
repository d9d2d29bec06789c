using System.Security.Cryptography;
using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;

namespace Hctef.Tests.Caching.Disk;

public sealed class PackIndexTests
{
    private static readonly VersionKeys Keys = VersionKeys.Of(
        new VersionIdentity("key", "partition", "\"one\"", 1L << 40), DiskRig.Block, new byte[32], HMACSHA256.HashData);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_comes_and_goes_each_block_is_found_in_a_pack_that_has_it(int seed)
    {
        var random = new Random(seed);
        var index = new PackIndex();
        var model = new List<Pack>();
        for (int step = 0; step < 400; step++)
        {
            if (random.Next(3) > 0)
            {
                Pack pack = NewPack(step, [.. Enumerable.Range(0, 60).Where(_ => random.Next(20) == 0).DefaultIfEmpty(7)]);
                index.Add(pack);
                model.Add(pack);
            }
            else
            {
                int gone = random.Next(4);
                Pack[] packs = [.. model.Where(pack => pack.Created % 4 == gone && random.Next(2) == 0)];
                index.RemoveAll(packs.Contains);
                model.RemoveAll(packs.Contains);
            }

            Assert.Equal(model.ToHashSet(), index.Packs.ToHashSet());
            for (long block = 0; block < 60; block++)
                AssertFinds(index, model, block);
        }
    }

    private static void AssertFinds(PackIndex index, List<Pack> model, long block)
    {
        bool isHeld = model.Exists(pack => Array.Exists(pack.Ranges, range => range.First <= block && block < range.End));
        PackRun? found = index.Find(block);
        Assert.Equal(isHeld, found is not null);
        Assert.Equal(isHeld, index.Held.Contains(block, block + 1));
        if (found is { } run)
        {
            Assert.Contains(run.Pack, model);
            PackRange range = Array.Find(run.Pack.Ranges, range => range.First <= block && block < range.End);
            Assert.InRange(run.End, block + 1, range.End);
            Assert.Equal(range.Ordinal + (block - range.First), run.Ordinal);
        }
    }

    private static Pack NewPack(int number, int[] blocks)
    {
        var ranges = blocks.Select(static (block, ordinal) => new PackRange(block, 1, ordinal)).ToArray();
        byte[] bytes = PackHeader.Write(Keys, ranges, new uint[blocks.Length], number);
        PackHeader header = PackHeader.Parse(bytes, Keys, bytes.Length + PackHeader.DataBytes(ranges, Keys), out _)!;
        var name = PackName.New(Keys.FileKey, Keys.VersionKey, DateTimeOffset.UnixEpoch) with { Created = number, Number = (ulong)number };
        return new Pack("folder", name, header, TimeSpan.MaxValue, TimeSpan.Zero);
    }
}
