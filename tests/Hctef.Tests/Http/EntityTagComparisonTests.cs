using Hctef.Http;

namespace Hctef.Tests.Http;

public sealed class EntityTagComparisonTests
{
    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("\"\"", true)]
    [InlineData("\"a-1:b/c\u00e9\"", true)]
    [InlineData("W/\"a\"", false)]
    [InlineData("w/\"a\"", false)]
    [InlineData("a", false)]
    [InlineData("\"", false)]
    [InlineData("\"a", false)]
    [InlineData("\"a\"b\"", false)]
    [InlineData("\"a b\"", false)]
    [InlineData("\"a\u0001\"", false)]
    [InlineData("\"a\", \"b\"", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void F6_only_a_well_formed_tag_without_W_is_strong(string? tag, bool strong) =>
        Assert.Equal(strong, EntityTagComparison.IsStrong(tag));

    [Theory]
    [InlineData("\"a\"", "\"a\"", true)]
    [InlineData("W/\"a\"", "\"a\"", true)]
    [InlineData("W/\"a\"", "W/\"a\"", true)]
    [InlineData("W/\"a\"", "W/\"b\"", false)]
    [InlineData("\"a\"", "\"A\"", false)]
    [InlineData("w/\"a\"", "\"a\"", false)]
    public void Weak_comparison_leaves_weakness_out(string left, string right, bool equal) =>
        Assert.Equal(equal, EntityTagComparison.WeaklyEqual(left, right));
}
