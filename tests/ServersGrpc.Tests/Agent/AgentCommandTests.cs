using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Local;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Engine.Providers.Local;

namespace ServersGrpc.Tests.Agent;

public sealed class AgentCommandTests : IDisposable
{
    private static readonly ServerCredentialsFactory Factory = new(TimeProvider.System);

    private readonly LocalMachine _machine = new();
    private readonly InstanceSpec _spec = new(
        Guid.NewGuid().ToString("N"), "agent-one", "", "", "", "", new Dictionary<string, string>(), Factory.Create("agent-one"));

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("GET", "/_ping", HttpStatusCode.OK, "OK")]
    [InlineData("HEAD", "/_ping", HttpStatusCode.OK, "")]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound, "not found\n")]
    [InlineData("POST", "/_ping", HttpStatusCode.MethodNotAllowed, "")]
    public async Task Request_OwnCertificate_IsAnswered(string method, string path, HttpStatusCode status, string body)
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);

        using var response = await SendAsync(instance, _spec.Credentials, new HttpMethod(method), path);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/info")]
    public async Task Request_Information_SaysWhoItIs(string path)
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);

        using var response = await SendAsync(instance, _spec.Credentials, HttpMethod.Get, path);

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("agent-one", json.RootElement.GetProperty("name").GetString());
        Assert.Equal(_spec.Uid, json.RootElement.GetProperty("uid").GetString());
        Assert.Equal(LocalMachine.PidOf(instance), json.RootElement.GetProperty("pid").GetInt32());
    }

    [Theory]
    [InlineData("/version")]
    [InlineData("/v1.44/version")]
    public async Task Request_EngineVersion_IsAnsweredAsAnEngineDoes(string path)
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);

        using var response = await SendAsync(instance, _spec.Credentials, HttpMethod.Get, path);

        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(response.Headers.GetValues("Api-Version"), [json.RootElement.GetProperty("ApiVersion").GetString()]);
        Assert.Equal("ServersGrpc local server", json.RootElement.GetProperty("Platform").GetProperty("Name").GetString());
    }

    [Theory]
    [InlineData("/vx/version")]
    [InlineData("/v1.44/version/")]
    [InlineData("/v1.44/info")]
    public async Task Request_AnythingElseOfAnEngine_IsNotFound(string path)
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);

        using var response = await SendAsync(instance, _spec.Credentials, HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Request_NoCertificate_IsRefused()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(instance, credentials: null, HttpMethod.Get, "/_ping"));
    }

    [Fact]
    public async Task Request_CertificateOfAnotherServer_IsRefused()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);

        await Assert.ThrowsAsync<HttpRequestException>(
            () => SendAsync(instance, Factory.Create("agent-one"), HttpMethod.Get, "/_ping"));
    }

    [Fact]
    public async Task PutCredentials_SignedByTheService_ReplacesThemForAllFromThenOn()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);
        using var early = Client(_spec.Credentials);
        using var first = await early.GetAsync(UriOf(instance, "/_ping"));
        var next = Factory.Create("agent-one");

        using var put = await PutAsync(instance, AgentCredentials.For(next).Write(), Signed(AgentCredentials.For(next).Write()));

        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        using var renewed = await SendAsync(instance, next, HttpMethod.Get, "/_ping");
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        // Neither those that knock nor those that are in.
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(instance, _spec.Credentials, HttpMethod.Get, "/_ping"));
        await Assert.ThrowsAsync<HttpRequestException>(() => early.GetAsync(UriOf(instance, "/_ping")));
    }

    [Fact]
    public async Task PutCredentials_NotSignedByTheService_AreRefusedAndChangeNothing()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);
        var body = AgentCredentials.For(Factory.Create("agent-one")).Write();
        var holder = _spec.Credentials with { CaKey = _spec.Credentials.TlsKey };
        string[] signatures =
        [
            "", "no base64", "AAAA",
            // By who holds the server's own key, of other credentials, and for another agent.
            CredentialsSignature.Sign(holder, Generation, body), Signed([.. body, .. " "u8]), CredentialsSignature.Sign(_spec.Credentials, "another", body),
        ];

        foreach (var signature in signatures)
        {
            using var refused = await PutAsync(instance, body, signature);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var ping = await SendAsync(instance, _spec.Credentials, HttpMethod.Get, "/_ping");
        Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
    }

    [Fact]
    public async Task PutCredentials_ThatNobodyCouldUse_AreRefusedAndChangeNothing()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);
        var (one, other) = (AgentCredentials.For(Factory.Create("agent-one")), AgentCredentials.For(Factory.Create("agent-one")));
        byte[][] bodies =
        [
            "{"u8.ToArray(), "{}"u8.ToArray(), (one with { TlsKey = other.TlsKey }).Write(), (one with { CaCertificate = other.CaCertificate }).Write(),
            (one with { TlsCertificate = "" }).Write(),
        ];

        foreach (var body in bodies)
        {
            using var refused = await PutAsync(instance, body, Signed(body));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var ping = await SendAsync(instance, _spec.Credentials, HttpMethod.Get, "/_ping");
        Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
    }

    [Fact]
    public async Task PutCredentials_SignatureOfBefore_IsWorthNothing()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);
        var (next, last) = (Factory.Create("agent-one"), Factory.Create("agent-one"));
        var body = AgentCredentials.For(next).Write();
        var recorded = Signed(body);
        using var put = await PutAsync(instance, body, recorded);

        using var again = await PutAsync(instance, body, recorded, next);
        var fresh = AgentCredentials.For(last).Write();
        using var rotated = await PutAsync(instance, fresh, CredentialsSignature.Sign(next, Generation, fresh), next);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.NoContent), (again.StatusCode, rotated.StatusCode));
    }

    [Fact]
    public async Task PutCredentials_NoKey_IsOnDisk()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);
        var body = AgentCredentials.For(Factory.Create("agent-one")).Write();

        using var put = await PutAsync(instance, body, Signed(body));

        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        Assert.Equal(["instance.json", "lock", "spec.json"], Directory.GetFiles(_machine.PathOf(_spec.Uid)).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_machine.PathOf(_spec.Uid), "*.json"), file => Assert.DoesNotContain("PRIVATE", File.ReadAllText(file)));
    }

    [Fact]
    public async Task Start_LockHeld_LeavesTheDirectoryToItsHolder()
    {
        var instance = await _machine.NewProvider().CreateAsync(_spec, default);

        Assert.Equal((AgentSignals.Unneeded, 0), await StartAsync(Environment.ProcessId));

        Assert.Equal(instance.Id, (await _machine.NewProvider().FindAsync(_spec.Uid, default))?.Id);
    }

    [Fact]
    public async Task Start_MarkedForRemoval_Ends()
    {
        Make().MarkForRemoval(TimeProvider.System.GetUtcNow());

        Assert.Equal((AgentSignals.Unneeded, 0), await StartAsync(Environment.ProcessId));
    }

    [Fact]
    public async Task Start_DirectoryGone_EndsAndMakesNone()
    {
        Assert.Equal((AgentSignals.Unneeded, 0), await StartAsync(Environment.ProcessId));

        Assert.False(Directory.Exists(_machine.PathOf(_spec.Uid)));
    }

    [Fact]
    public async Task Start_StarterDead_Ends()
    {
        Make();

        Assert.Equal((AgentSignals.Unneeded, 0), await StartAsync(starterPid: int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task Start_CredentialsCutShort_Ends(int length)
    {
        Make();

        Assert.Equal((AgentSignals.Unneeded, 0), await StartAsync(Environment.ProcessId, length));
    }

    [Fact]
    public async Task Start_LockOfAnotherDirectory_Ends()
    {
        File.WriteAllText(Path.Combine(Make().Path, "lock"), "an earlier generation");

        Assert.Equal((AgentSignals.Unneeded, 0), await StartAsync(Environment.ProcessId));
    }

    [Fact]
    public async Task Terminated_Running_EndsCleanly()
    {
        Make();
        using var agent = Start(Environment.ProcessId);
        Assert.Equal(AgentSignals.Ready, await agent.StandardOutput.ReadLineAsync());

        using var kill = Process.Start("kill", ["-TERM", agent.Id.ToString()]);
        await agent.WaitForExitAsync();

        Assert.Equal(0, agent.ExitCode);
        Assert.Equal("", await agent.StandardError.ReadToEndAsync());
    }

    private InstanceDirectory Make() => new LocalInstances(_machine.DataDirectory, "ours", TimeProvider.System).OpenOrMake(_spec);

    private async Task<(string? Signal, int ExitCode)> StartAsync(int starterPid, int told = int.MaxValue)
    {
        using var agent = Start(starterPid, told);
        var signal = await agent.StandardOutput.ReadLineAsync();
        await agent.WaitForExitAsync();
        return (signal, agent.ExitCode);
    }

    private Process Start(int starterPid, int told = int.MaxValue)
    {
        string[] arguments =
        [
            .. LocalMachine.Agent.Arguments, "--directory", _machine.PathOf(_spec.Uid), "--starter", starterPid.ToString(),
        ];
        var start = new ProcessStartInfo(LocalMachine.Agent.FileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var agent = Process.Start(start)!;
        var credentials = AgentCredentials.For(_spec.Credentials).Write();
        using var input = agent.StandardInput.BaseStream;
        input.Write(credentials.AsSpan(0, Math.Min(told, credentials.Length)));
        return agent;
    }

    private string Generation => new InstanceDirectory(_machine.PathOf(_spec.Uid)).ReadSpec()!.Generation;

    private string Signed(ReadOnlySpan<byte> body) => CredentialsSignature.Sign(_spec.Credentials, Generation, body);

    private async Task<HttpResponseMessage> PutAsync(Instance instance, byte[] body, string signature, ServerCredentials? credentials = null)
    {
        using var client = Client(credentials ?? _spec.Credentials);
        using var request = new HttpRequestMessage(HttpMethod.Put, UriOf(instance, CredentialsSignature.Path)) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation(CredentialsSignature.Header, signature);
        return await client.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> SendAsync(
        Instance instance, ServerCredentials? credentials, HttpMethod method, string path)
    {
        using var client = Client(credentials);
        using var request = new HttpRequestMessage(method, UriOf(instance, path));
        return await client.SendAsync(request);
    }

    private static string UriOf(Instance instance, string path) => $"https://{instance.Address}:2376{path}";

    private static HttpClient Client(ServerCredentials? credentials)
    {
        var handler = new SocketsHttpHandler
        {
            // Whom the server lets in is asked here; whom the client believes is the probe's part.
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        if (credentials is not null)
        {
            handler.SslOptions.ClientCertificates = [Certificate(credentials)];
        }

        return new HttpClient(handler);
    }

    private static X509Certificate2 Certificate(ServerCredentials credentials) => X509Certificate2.CreateFromPem(
        Encoding.ASCII.GetString(credentials.TlsCertificate.Span), Encoding.ASCII.GetString(credentials.TlsKey.Span));
}
