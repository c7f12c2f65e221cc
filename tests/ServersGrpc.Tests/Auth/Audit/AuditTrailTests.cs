using System.Net;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Audit;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Auth.Audit;

public sealed class AuditTrailTests : IDisposable
{
    private static readonly Caller Ci = new("ci", Role.Operator);

    private readonly AuthFixture _auth = new(new AuthOptions { AuditInterval = TimeSpan.FromMinutes(10) });
    private readonly DefaultHttpContext _http = new() { TraceIdentifier = "request-1" };

    public AuditTrailTests() => _http.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:192.0.2.1");

    private AuditTrail Trail => _auth.Get<AuditTrail>();

    private IStorageEngine Store => _auth.Get<IStorageEngine>();

    public void Dispose() => _auth.Dispose();

    [Fact]
    public async Task SecretsRead_AgainAndAgain_IsOneLineAndOneEventAWhile()
    {
        var (one, two) = (await AddAsync("one"), await AddAsync("two"));
        for (var i = 0; i < 100; i++)
            Trail.SecretsRead(_http, Ci, one);
        Trail.SecretsRead(_http, Ci, two);
        Trail.SecretsRead(_http, Ci with { Name = "other" }, one);
        _auth.Time.Advance(TimeSpan.FromMinutes(10));
        Trail.SecretsRead(_http, Ci, one);
        await WriteAsync();

        var events = await ReadAsync("one");
        Assert.Equal(
            [("SecretsRead", "ci"), ("SecretsRead", "other"), ("SecretsRead", "ci")], events.Select(e => (e.Reason, e.Actor)));
        Assert.All(events, e => Assert.Equal(("192.0.2.1", "request-1"), (e.Address, e.RequestId)));
        Assert.Single(await ReadAsync("two"));
        Assert.Equal(4, _auth.Logs.Texts.Count(text => text.StartsWith("Secrets read: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SecretsRead_ByManyAtOnce_IsOneEvent()
    {
        var one = await AddAsync("one");

        Parallel.For(0, 1000, _ => Trail.SecretsRead(_http, Ci, one));
        await WriteAsync();

        Assert.Single(await ReadAsync("one"));
    }

    [Fact]
    public async Task Refused_OfAServer_IsAnEventOfIt()
    {
        await AddAsync("one");
        await Trail.RefusedAsync(_http, Ci, "/x/Terminate", "one", "PermissionDenied");
        await Trail.RefusedAsync(_http, Ci, "/x/Terminate", "none\nsuch", "PermissionDenied");
        await Trail.RefusedAsync(_http, Ci, "/x/Terminate", "", "PermissionDenied");
        await WriteAsync();

        var refused = Assert.Single(await ReadAsync("one"));
        Assert.Equal(("AccessRefused", "ci"), (refused.Reason, refused.Actor));
        Assert.Contains("/x/Terminate", refused.Message);
        var lines = _auth.Logs.Texts.Where(text => text.StartsWith("Refused: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.DoesNotContain('\n', line));
    }

    [Fact]
    public void Unauthenticated_FromTheSameAddress_IsOneLineAWhile()
    {
        for (var i = 0; i < 100; i++)
            Trail.Unauthenticated(_http, "", "TOKEN_INVALID");
        Trail.Unauthenticated(_http, "ci", "TOKEN_REVOKED");

        Assert.Equal(2, _auth.Logs.Texts.Count(text => text.StartsWith("Not let in: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Allowed_AChange_IsALineEachTime()
    {
        Trail.Allowed(_http, Ci, "/x/Terminate", "one");
        Trail.Allowed(_http, Ci, "/x/Terminate", "one");
        Trail.Failed(_http, Ci, "/x/Terminate", "two\u0007", "NotFound");

        Assert.Equal(
            [
                "Allowed: ci (Operator) /x/Terminate server \"one\" from 192.0.2.1, request request-1",
                "Allowed: ci (Operator) /x/Terminate server \"one\" from 192.0.2.1, request request-1",
                "Failed: ci (Operator) /x/Terminate server \"two\uFFFD\" from 192.0.2.1, request request-1: NotFound",
            ],
            _auth.Logs.Texts.Where(text => text.Contains("/x/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task SecretsRead_OfServersWithoutEnd_RemembersSomeOfThem()
    {
        var one = await AddAsync("one");
        for (var i = 0; i < 250_000; i++)
            Trail.Unauthenticated(_http, $"{i}", "TOKEN_REVOKED");

        Trail.SecretsRead(_http, Ci, one);
        await WriteAsync();

        Assert.Single(await ReadAsync("one"));
    }

    private async Task<ServerRecord> AddAsync(string name) => await Store.AddAsync(
        new()
        {
            Uid = Guid.NewGuid().ToString("N"),
            Name = name,
            Provider = "local",
            Credentials = ServerCredentials.None,
            Created = _auth.Time.GetUtcNow(),
        },
        new("ProvisionRequested", "", "ci"), new(10), AuthFixture.Timeout);

    /// <summary>Starts what writes, and ends it: it writes all that is there first.</summary>
    private async Task WriteAsync()
    {
        await Trail.StartAsync(AuthFixture.Timeout);
        await Trail.StopAsync(AuthFixture.Timeout);
    }

    private async Task<IReadOnlyList<ServerEvent>> ReadAsync(string name) =>
        [.. (await Store.ListEventsAsync(name, AuthFixture.Timeout)).Where(e => e.Reason != "ProvisionRequested")];
}
