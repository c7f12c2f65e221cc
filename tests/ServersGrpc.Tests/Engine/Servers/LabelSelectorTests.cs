using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Servers;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["team"] = "a", ["example.com/tier"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("team=a", true)]
    [InlineData("team=b", false)]
    [InlineData("team!=b", true)]
    [InlineData("team!=a", false)]
    [InlineData("other!=a", true)]
    [InlineData("team", true)]
    [InlineData("other", false)]
    [InlineData("!other", true)]
    [InlineData("!team", false)]
    [InlineData("example.com/tier=", true)]
    [InlineData(" team = a , !other ", true)]
    [InlineData("team=a,other", false)]
    public void Fits_Selector_AsDocumented(string selector, bool fits) => Assert.Equal(fits, LabelSelector.Parse(selector).Fits(Labels));

    [Theory]
    [InlineData(",")]
    [InlineData("=a")]
    [InlineData("!")]
    [InlineData("!=a")]
    [InlineData("a b=c")]
    [InlineData("!a=b")]
    public void Parse_NoTerm_IsRefusedWithTheTerm(string selector) => Assert.Throws<FormatException>(() => LabelSelector.Parse(selector));
}
