using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Authentication;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Tests.Auth.Authentication.Oidc;

public sealed class OidcSchemeTests : IAsyncLifetime
{
    private SmallIssuer _issuer = null!;
    private AuthFixture _auth = null!;

    private DateTimeOffset Now => _auth.Time.GetUtcNow();

    private async Task<(Account? Account, string Reason, bool IsUnknown)> FindAsync(string token)
    {
        // As a request has it: handlers remember their result in it.
        await using var scope = _auth.Services.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = AuthFixture.Timeout };
        http.Request.Headers.Authorization = $"Bearer {token}";
        var result = await http.AuthenticateAsync(Schemes.Token);
        var failure = (CredentialException?)result.Failure;
        return (result.Principal?.Identity as Account, failure?.Message ?? "", failure?.Reason == "ISSUER_UNAVAILABLE");
    }

    public async Task InitializeAsync()
    {
        _issuer = await SmallIssuer.StartAsync();
        _auth = new(new() { Oidc = { Issuer = _issuer.Address, Audience = "servers", KeyRefreshInterval = TimeSpan.FromSeconds(1) } });
    }

    public async Task DisposeAsync()
    {
        _auth.Dispose();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Find_ATokenOfTheIssuer_OpensTheAccountThatItsClaimsSay()
    {
        var token = _issuer.Sign(Now, new() { ["servers_scope"] = "team=a,ci-*" });

        var (account, _, _) = await FindAsync(token);

        Assert.Equal(("oidc:user-1", Role.Operator, "ci-*,team=a"), (account!.Caller.Name, account.Caller.Role, account.Caller.Scope.ToString()));
        // With what clocks may differ.
        Assert.Equal(Now.ToUnixTimeSeconds() + 3600 + 30, account.Expires!.Value.ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("viewer", Role.Viewer)]
    [InlineData("viewer,admin,operator", Role.Admin)]
    [InlineData("nothing,viewer", Role.Viewer)]
    public async Task Find_SeveralRoles_TheHighestCounts(string roles, Role role) =>
        Assert.Equal(role, (await FindAsync(_issuer.Sign(Now, new() { ["roles"] = roles.Split(',') }))).Account!.Caller.Role);

    [Fact]
    public async Task Find_RolesOfTheIssuersOwn_AreMapped()
    {
        _auth.Dispose();
        _auth = new(new() { Oidc = { Issuer = _issuer.Address, Audience = "servers", RoleClaim = "groups", Roles = ["cn=ops,dc=x=admin"] } });

        Assert.Equal(Role.Admin, (await FindAsync(_issuer.Sign(Now, new() { ["groups"] = "cn=ops,dc=x" }))).Account!.Caller.Role);
        Assert.Null((await FindAsync(_issuer.Sign(Now, new() { ["groups"] = "admin" }))).Account);
    }

    public static TheoryData<string, object?> BadClaims => new()
    {
        { "iss", "http://127.0.0.1:1" },
        { "aud", "others" },
        { "aud", null },
        { "sub", null },
        { "sub", "" },
        { "roles", null },
        { "roles", "owner" },
        { "roles", "Admin" },
        { "roles", 2 },
        { "exp", null },
        { "exp", "never" },
        { "sub", "a\nb" },
        { "sub", new string('a', 256) },
        { "servers_scope", "" },
        { "servers_scope", Array.Empty<string>() },
        { "servers_scope", "nonsense" },
        { "servers_scope", "*" },
    };

    [Theory]
    [MemberData(nameof(BadClaims))]
    public async Task Find_AWrongClaim_LetsNobodyIn(string claim, object? value)
    {
        var (account, reason, _) = await FindAsync(_issuer.Sign(Now, new() { [claim] = value }));

        Assert.Null(account);
        Assert.NotEqual("", reason);
        // The issuer is all right: the log is for trouble with it.
        Assert.Empty(_auth.Logs.At(Microsoft.Extensions.Logging.LogLevel.Warning));
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task Find_PastItsEnd_OnlyAsFarAsClocksMayDiffer(int secondsPast, bool isIn)
    {
        var token = _issuer.Sign(Now - TimeSpan.FromSeconds(3600 + secondsPast));

        var (account, reason, _) = await FindAsync(token);

        Assert.Equal(isIn, account is not null);
        Assert.Equal(isIn ? "" : "The token has expired.", reason);
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(31, false)]
    public async Task Find_BeforeItsBeginning_OnlyAsFarAsClocksMayDiffer(int seconds, bool isIn) =>
        Assert.Equal(isIn, (await FindAsync(_issuer.Sign(Now, new() { ["nbf"] = (Now + TimeSpan.FromSeconds(seconds)).ToUnixTimeSeconds() }))).Account is not null);

    [Fact]
    public async Task Find_ATokenThatLetIn_IsRefusedWhenItHasEnded()
    {
        var token = _issuer.Sign(Now, new() { ["exp"] = (Now + TimeSpan.FromSeconds(10)).ToUnixTimeSeconds() });
        Assert.NotNull((await FindAsync(token)).Account);

        _auth.Time.Advance(TimeSpan.FromSeconds(41));

        Assert.Null((await FindAsync(token)).Account);
    }

    [Fact]
    public async Task Find_ForgedInTheUsualWays_LetsNobodyIn()
    {
        var good = _issuer.Sign(Now);
        Assert.NotNull((await FindAsync(good)).Account);
        var parts = good.Split('.');
        using var other = RSA.Create(2048);
        var stranger = new SigningCredentials(new RsaSecurityKey(other) { KeyId = _issuer.Key.KeyId }, SecurityAlgorithms.RsaSha256);
        var publicKey = _issuer.Key.Rsa.ExportSubjectPublicKeyInfo();
        var symmetric = new SigningCredentials(new SymmetricSecurityKey(publicKey) { KeyId = _issuer.Key.KeyId }, SecurityAlgorithms.HmacSha256);
        string[] forged =
        [
            _issuer.Sign(Now, new() { ["roles"] = "admin" }, stranger),
            _issuer.Sign(Now, new() { ["roles"] = "admin" }, symmetric),
            $"{Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}")}.{parts[1]}.",
            $"{parts[0]}.{Base64UrlEncoder.Encode(Base64UrlEncoder.Decode(parts[1]).Replace("operator", "admin", StringComparison.Ordinal))}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA",
            "eyJ.e30.",
            "ey..",
            "ey.a.b",
        ];

        foreach (var token in forged)
            Assert.Null((await FindAsync(token)).Account);
    }

    [Fact]
    public async Task Find_ANewKey_IsFetchedAndAWithdrawnOneForgotten()
    {
        var old = _issuer.Sign(Now);
        Assert.NotNull((await FindAsync(old)).Account);
        Assert.NotNull((await FindAsync(_issuer.Sign(Now, new() { ["sub"] = "user-2" }))).Account);
        Assert.Equal(1, _issuer.Fetches);

        _issuer.AddKey();
        _issuer.WithdrawOldKeys();
        var fresh = _issuer.Sign(Now);
        await EventuallyAsync(async () => (await FindAsync(fresh)).Account is not null);

        _auth.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null((await FindAsync(old)).Account);
    }

    [Fact]
    public async Task Find_AnIssuerThatIsDown_LetsNobodyInAndSaysSo()
    {
        _issuer.IsDown = true;
        for (var i = 0; i < 3; i++)
        {
            var outcome = await FindAsync(_issuer.Sign(Now));
            Assert.Equal((null, true), (outcome.Account, outcome.IsUnknown));
        }
        Assert.Single(_auth.Logs.Texts, text => text.Contains(_issuer.Address, StringComparison.Ordinal));

        _issuer.IsDown = false;
        await EventuallyAsync(async () => (await FindAsync(_issuer.Sign(Now))).Account is not null);
    }

    [Theory]
    [InlineData("sgt_abc")]
    [InlineData("a.b.c")]
    [InlineData("ey.a")]
    [InlineData("")]
    public async Task Find_NoJsonWebToken_IsLeftToTheTokensOfTheService(string token) =>
        Assert.Equal("The token is not valid. Send \"authorization: Bearer TOKEN\".", (await FindAsync(token)).Reason);

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        var patience = AuthFixture.Timeout;
        while (!await condition())
            await Task.Delay(50, patience);
    }
}
