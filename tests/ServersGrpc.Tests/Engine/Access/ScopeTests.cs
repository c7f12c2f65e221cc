using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Access;

public sealed class ScopeTests
{
    [Theory]
    [InlineData("", "ci-1", "", true)]
    [InlineData("ci-*", "ci-1", "", true)]
    [InlineData("ci-*", "ci-", "", true)]
    [InlineData("ci-*", "ci", "", false)]
    [InlineData("ci-*", "web-ci-1", "", false)]
    [InlineData("team=a", "x", "team=a", true)]
    [InlineData("team=a", "x", "team=b", false)]
    [InlineData("team=a", "x", "team=aa", false)]
    [InlineData("team=a", "x", "Team=a", false)]
    [InlineData("team=a", "x", "", false)]
    [InlineData("team=", "x", "", false)]
    [InlineData("team=", "x", "team=", true)]
    [InlineData("team=a=b", "x", "team=a=b", true)]
    [InlineData("team=a, stage=ci, w-*", "w-1", "team=a,stage=ci,more=y", true)]
    [InlineData("team=a, stage=ci, w-*", "w-1", "team=a", false)]
    [InlineData("team=a, stage=ci, w-*", "v-1", "team=a,stage=ci", false)]
    public void Covers_AServer_IfEveryTermFits(string scope, string name, string labels, bool covers)
    {
        var server = new ServerRecord
        {
            Uid = "",
            Name = name,
            Provider = "",
            Credentials = ServerCredentials.None,
            Created = default,
            Labels = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l[1]),
        };

        Assert.Equal(covers, Scope.Parse(scope).Covers(server));
    }

    [Theory]
    [InlineData("ci")]
    [InlineData("*")]
    [InlineData("CI-*")]
    [InlineData("ci-*-x")]
    [InlineData("a-*,b-*")]
    [InlineData("team=a,team=b")]
    [InlineData("=a")]
    [InlineData("team=a,")]
    [InlineData("team=\u0001")]
    [InlineData("-x*")]
    public void Parse_NeitherLabelNorPrefix_IsRefused(string text) =>
        Assert.Contains("team=a", Assert.Throws<FormatException>(() => Scope.Parse(text)).Message);

    [Theory]
    [InlineData("", "")]
    [InlineData("ci-*", "ci-*")]
    [InlineData("b=1, a=2 ,ci-*", "ci-*,a=2,b=1")]
    public void ToString_AScope_IsWhatParseReads(string text, string written)
    {
        Assert.Equal(written, Scope.Parse(text).ToString());
        Assert.Equal(written, Scope.Parse(written).ToString());
    }
}
