using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Access;

public sealed class CallerTests
{
    [Theory]
    [InlineData(Role.Viewer, "me", false)]
    [InlineData(Role.Viewer, "other", false)]
    [InlineData(Role.Operator, "me", true)]
    [InlineData(Role.Operator, "other", false)]
    [InlineData(Role.Operator, "", false)]
    [InlineData(Role.Operator, "Me", false)]
    [InlineData(Role.Admin, "me", true)]
    [InlineData(Role.Admin, "other", true)]
    [InlineData(Role.Admin, "", true)]
    public void SeesSecretsOf_AServer_ByRoleAndOwner(Role role, string owner, bool sees)
    {
        var server = new ServerRecord { Uid = "", Name = "one", Provider = "", Credentials = ServerCredentials.None, Created = default, Owner = owner };

        Assert.Equal(sees, new Caller("me", role).SeesSecretsOf(server));
    }

    [Fact]
    public void SeesSecretsOf_ACallerWithoutAName_NeverByOwner() =>
        Assert.False(new Caller("", Role.Operator).SeesSecretsOf(
            new() { Uid = "", Name = "one", Provider = "", Credentials = ServerCredentials.None, Created = default }));
}
