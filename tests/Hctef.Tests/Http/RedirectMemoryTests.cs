using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class RedirectMemoryTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Uri Original = new("https://origin.example/f");
    private static readonly Uri Target = new("https://cdn.example/f");

    private readonly RedirectMemory _memory = new();

    [Fact]
    public void A_target_holds_for_its_time()
    {
        _memory.Remember(Original, "a", Target, Now, Minute);

        Assert.Same(Target, _memory.Find(Original, "a", Now + Minute - TimeSpan.FromTicks(1)));
        Assert.Null(_memory.Find(Original, "a", Now + Minute));
    }

    [Fact]
    public void H2_another_credential_or_URL_finds_nothing()
    {
        _memory.Remember(Original, "a", Target, Now, Minute);

        Assert.Null(_memory.Find(Original, "b", Now));
        Assert.Null(_memory.Find(Original, "", Now));
        Assert.Null(_memory.Find(new Uri("https://origin.example/g"), "a", Now));
    }

    [Fact]
    public void What_holds_no_time_is_not_noted()
    {
        _memory.Remember(Original, "a", Target, Now, TimeSpan.Zero);
        Assert.Null(_memory.Find(Original, "a", Now));
    }

    [Fact]
    public void Forgetting_spares_what_another_request_has_found_meanwhile()
    {
        var newer = new Uri("https://cdn.example/f");
        _memory.Remember(Original, "a", Target, Now, Minute);
        _memory.Remember(Original, "a", newer, Now, Minute);
        _memory.Forget(Target);
        Assert.Same(newer, _memory.Find(Original, "a", Now));

        _memory.Forget(newer);
        Assert.Null(_memory.Find(Original, "a", Now));
    }
}
