using ServersGrpc.Auth.Authentication.Tokens;
using ServersGrpc.Engine.Access;
using ServersGrpc.Errors;

namespace ServersGrpc.Tests.Auth.Authentication.Tokens;

public sealed class TokenRegistryTests : IDisposable
{
    private readonly AuthFixture _auth = new();

    private static CancellationToken Timeout => AuthFixture.Timeout;

    public void Dispose() => _auth.Dispose();

    [Fact]
    public async Task Load_FirstStart_MakesAnAdminTokenThatLaterStartsKeep()
    {
        await _auth.RestartAsync();
        var token = AdminTokenText();
        Assert.Equal((Role.Admin, "admin"), (_auth.Tokens.Find(token)!.Record.Role, _auth.Tokens.Find(token)!.Account.Caller.Name));

        await _auth.RestartAsync();

        Assert.Equal(token, AdminTokenText());
        Assert.NotNull(_auth.Tokens.Find(token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("Bearer")]
    [InlineData("sgt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Find_AnotherToken_IsNone(string text)
    {
        await _auth.RestartAsync();

        Assert.Null(_auth.Tokens.Find(text));
        Assert.Null(_auth.Tokens.Find(AdminTokenText() + text + "x"));
        Assert.Null(_auth.Tokens.Find(AdminTokenText().AsSpan(..^1)));
    }

    [Theory]
    [InlineData("a token of one's own, short")]
    [InlineData("ünïcödé-ünïcödé-ünïcödé")]
    public async Task Find_OwnTokenOfAnyLength_IsTheTokenAlone(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 100));
        _auth.Close();
        await File.WriteAllTextAsync(_auth.AdminTokenFile, text);

        await _auth.RestartAsync();

        Assert.NotNull(_auth.Tokens.Find(text));
        Assert.Null(_auth.Tokens.Find(part));
    }

    [Fact]
    public async Task Create_AToken_LetsInUntilItExpiresAndStandsNowhere()
    {
        await _auth.RestartAsync();
        var expires = _auth.Time.GetUtcNow() + TimeSpan.FromDays(90);

        var token = await _auth.Tokens.CreateAsync("ci", Role.Operator, Scope.Parse("team=a"), expires, Timeout);
        await _auth.RestartAsync();

        var known = _auth.Tokens.Find(token)!;
        Assert.Equal(("ci", Role.Operator, "team=a", expires), (known.Account.Caller.Name, known.Account.Caller.Role, known.Account.Caller.Scope.ToString(), known.Account.Expires));
        Assert.True(known.IsGood(expires - TimeSpan.FromTicks(1)));
        Assert.False(known.IsGood(expires));
        Assert.StartsWith("sgt_", token);
        _auth.Close();
        Assert.DoesNotContain(Directory.GetFiles(_auth.Path), file => File.ReadAllText(file, System.Text.Encoding.Latin1).Contains(token, StringComparison.Ordinal));
        Assert.DoesNotContain(_auth.Logs.Texts, text => text.Contains(token, StringComparison.Ordinal));
        await _auth.RestartAsync();
    }

    [Fact]
    public async Task Revoke_AToken_EndsItAndWhatItOpenedForGood()
    {
        await _auth.RestartAsync();
        var token = await _auth.Tokens.CreateAsync("ci", Role.Operator, Scope.Everything, null, Timeout);
        var opened = _auth.Tokens.Find(token)!.Account.Ended;

        await _auth.Tokens.RevokeAsync("ci", Timeout);

        Assert.True(opened.IsCancellationRequested);
        Assert.False(_auth.Tokens.Find(token)!.IsGood(_auth.Time.GetUtcNow()));
        await _auth.RestartAsync();
        Assert.False(_auth.Tokens.Find(token)!.IsGood(_auth.Time.GetUtcNow()));
        await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.RevokeAsync("ci", Timeout));
        await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.RotateAsync("ci", null, Timeout));
        // What was the old one's must not become the new one's.
        await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.CreateAsync("ci", Role.Viewer, Scope.Everything, null, Timeout));
    }

    [Fact]
    public async Task Rotate_AToken_PutsAnotherInItsPlace()
    {
        await _auth.RestartAsync();
        var before = await _auth.Tokens.CreateAsync("ci", Role.Operator, Scope.Parse("team=a"), null, Timeout);
        var opened = _auth.Tokens.Find(before)!.Account.Ended;

        var after = await _auth.Tokens.RotateAsync("ci", null, Timeout);

        Assert.True(opened.IsCancellationRequested);
        await _auth.RestartAsync();
        Assert.Null(_auth.Tokens.Find(before));
        Assert.Equal(("ci", "team=a"), (_auth.Tokens.Find(after)!.Account.Caller.Name, _auth.Tokens.Find(after)!.Account.Caller.Scope.ToString()));
    }

    [Fact]
    public async Task Rotate_AnExpiredToken_NeedsANewEnd()
    {
        await _auth.RestartAsync();
        await _auth.Tokens.CreateAsync("ci", Role.Operator, Scope.Everything, _auth.Time.GetUtcNow() + TimeSpan.FromHours(1), Timeout);
        _auth.Time.Advance(TimeSpan.FromHours(2));

        await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.RotateAsync("ci", null, Timeout));
        var token = await _auth.Tokens.RotateAsync("ci", _auth.Time.GetUtcNow() + TimeSpan.FromHours(1), Timeout);

        Assert.True(_auth.Tokens.Find(token)!.IsGood(_auth.Time.GetUtcNow()));
    }

    [Fact]
    public async Task RotateAndRevoke_TheAdminToken_ChangeItsFile()
    {
        await _auth.RestartAsync();
        var first = AdminTokenText();

        var second = await _auth.Tokens.RotateAsync("admin", null, Timeout);
        Assert.Equal(second, AdminTokenText());
        Assert.Null(_auth.Tokens.Find(first));
        await _auth.Tokens.CreateAsync("root", Role.Admin, Scope.Everything, null, Timeout);
        await _auth.Tokens.RevokeAsync("admin", Timeout);
        Assert.False(_auth.Tokens.Find(second)!.IsGood(_auth.Time.GetUtcNow()));

        await _auth.RestartAsync();
        Assert.False(File.Exists(_auth.AdminTokenFile));
        Assert.Null(_auth.Tokens.Find(second));
    }

    [Theory]
    [InlineData("")]
    [InlineData("CI")]
    [InlineData("-ci")]
    [InlineData("ci:x")]
    [InlineData("admin")]
    [InlineData("lifecycle")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public async Task Create_ANameThatCantBeHad_IsRefused(string name)
    {
        await _auth.RestartAsync();

        await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.CreateAsync(name, Role.Viewer, Scope.Everything, null, Timeout));
    }

    [Fact]
    public async Task Create_ANameWhoseServersAreThere_IsRefused()
    {
        await _auth.RestartAsync();
        var server = new ServersGrpc.Engine.Servers.ServerRecord
        {
            Uid = Guid.NewGuid().ToString("N"),
            Name = "one",
            Provider = "local",
            Owner = "former",
            Credentials = ServersGrpc.Engine.Servers.ServerCredentials.None,
            Created = _auth.Time.GetUtcNow(),
        };
        await _auth.Get<ServersGrpc.Engine.Storage.IServerStore>().AddAsync(server, new("ProvisionRequested", "", "former"), new(10), Timeout);

        Assert.Contains("former", (await Assert.ThrowsAsync<TokenException>(
            () => _auth.Tokens.CreateAsync("former", Role.Operator, Scope.Everything, null, Timeout))).Message);
    }

    [Fact]
    public async Task Rotate_TheAdminTokenWithAnEnd_IsRefused()
    {
        await _auth.RestartAsync();

        await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.RotateAsync("admin", _auth.Time.GetUtcNow() + TimeSpan.FromDays(1), Timeout));
    }

    [Fact]
    public async Task Revoke_AnUnknownToken_IsRefused()
    {
        await _auth.RestartAsync();

        Assert.Contains("none", (await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.RevokeAsync("none", Timeout))).Message);
    }

    [Fact]
    public async Task Load_TokensOfTheConfiguration_LetInByTheirHash()
    {
        _auth.Options.Tokens["root"] = new() { Hash = AuthFixture.HashOf("of my own, and long"), Role = Role.Admin };
        _auth.Options.Tokens["team"] = new() { Hash = AuthFixture.HashOf("another one"), Role = Role.Viewer, Scope = "team=a", Expires = _auth.Time.GetUtcNow() };

        await _auth.RestartAsync();

        Assert.Equal("root", _auth.Tokens.Find("of my own, and long")!.Account.Caller.Name);
        Assert.False(_auth.Tokens.Find("another one")!.IsGood(_auth.Time.GetUtcNow()));
        // An admin is named, so none is made.
        Assert.False(File.Exists(_auth.AdminTokenFile));
        Assert.Contains("Servers:Auth:Tokens:team", (await Assert.ThrowsAsync<TokenException>(() => _auth.Tokens.RevokeAsync("team", Timeout))).Message);
    }

    [Theory]
    [InlineData("ci", "other token", "made by a command")]
    [InlineData("admin", "other token", "neither admin")]
    [InlineData("Team A", "other token", "1 to 63")]
    [InlineData("other", "the same token", "the same token")]
    public async Task Load_AConfiguredTokenThatClashes_StopsTheStart(string name, string token, string said)
    {
        await _auth.RestartAsync();
        await _auth.Tokens.CreateAsync("ci", Role.Viewer, Scope.Everything, null, Timeout);
        _auth.Options.Tokens["first"] = new() { Hash = AuthFixture.HashOf("the same token"), Role = Role.Viewer };
        _auth.Options.Tokens[name] = new() { Hash = AuthFixture.HashOf(token), Role = Role.Viewer };

        Assert.Contains(said, (await Assert.ThrowsAsync<ConfigurationException>(() => _auth.RestartAsync())).Message);
    }

    [Fact]
    public async Task Use_AToken_IsNotedWithinAMinute()
    {
        await _auth.RestartAsync();
        var token = await _auth.Tokens.CreateAsync("ci", Role.Viewer, Scope.Everything, null, Timeout);
        var keeper = _auth.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<TokenUseKeeper>().Single();
        await keeper.StartAsync(Timeout);
        _auth.Tokens.Find(token)!.Use(_auth.Time.GetUtcNow());

        await keeper.StopAsync(Timeout);
        await _auth.RestartAsync();

        Assert.Equal(_auth.Time.GetUtcNow(), _auth.Tokens.Find(token)!.Used);
    }

    private string AdminTokenText() => File.ReadAllText(_auth.AdminTokenFile).Trim();
}
