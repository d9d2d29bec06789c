using FsCheck;
using FsCheck.Fluent;
using Hctef.Caching.Disk;
using Hctef.Caching.Tiers;

namespace Hctef.Tests.Caching.Disk;

public sealed class DiskPropertyTests
{
    private const int Block = DiskRig.Block;
    private const int Blocks = 24;

    private static readonly VersionIdentity Identity = DiskRig.Identity("property", ((Blocks - 1) * Block) + 9);

    [Fact]
    public void What_is_read_is_what_was_offered_and_is_there_unless_something_was_lost() =>
        Prop.ForAll<int[]>(static numbers => Holds(numbers)).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(40));

    /// <summary>Every three numbers are a step: offer, write out, read, start anew, lose a pack, damage a pack.</summary>
    private static bool Holds(int[] numbers) => Task.Run(() => HoldsAsync(numbers)).GetAwaiter().GetResult();

    private static async Task<bool> HoldsAsync(int[] numbers)
    {
        using var rig = new DiskRig();
        DiskTier tier = rig.NewTier();
        ITierVersion version = tier.Open(Identity)!;
        bool[] written = new bool[Blocks];
        bool[] offered = new bool[Blocks];
        for (int i = 0; i + 2 < numbers.Length; i += 3)
        {
            int first = (int)((uint)numbers[i + 1] % Blocks);
            int end = Math.Min(Blocks, first + 1 + (int)((uint)numbers[i + 2] % 6));
            switch ((uint)numbers[i] % 10)
            {
                case < 4:
                    DiskRig.Offer(version, Identity, first * Block, Math.Min(end * Block, Identity.Length));
                    Array.Fill(offered, true, first, end - first);
                    break;
                case < 6:
                    await tier.FlushAsync();
                    offered.CopyTo(written, 0);
                    break;
                case < 8:
                    long start = (first * Block) + ((uint)numbers[i + 2] % 9);
                    int count = await DiskRig.ReadAsync(version, Identity, start, Math.Min(end * Block, Identity.Length));
                    if (written[first] && count == 0)
                        return false;
                    break;
                case 8:
                    await tier.DisposeAsync();
                    tier = rig.NewTier();
                    version = tier.Open(Identity)!;
                    offered.CopyTo(written, 0);
                    break;
                default:
                    await LoseAsync(rig, tier, numbers[i + 1]);
                    Array.Clear(written);
                    Array.Clear(offered);
                    break;
            }
        }

        return tier.Counters.Failed == 0;
    }

    /// <summary>Damages one pack; of the others nothing is said any more, since what is written twice is not known.</summary>
    private static async Task LoseAsync(DiskRig rig, DiskTier tier, int number)
    {
        await tier.FlushAsync();
        string[] packs = rig.Packs;
        if (packs.Length == 0)
            return;

        string path = packs[(uint)number % packs.Length];
        if (number % 2 == 0)
        {
            File.Delete(path);
            return;
        }

        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[(uint)number % bytes.Length] ^= 0x10;
        await File.WriteAllBytesAsync(path, bytes);
    }
}
