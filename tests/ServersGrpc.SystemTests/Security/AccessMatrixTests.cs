using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using ServersGrpc.SystemTests.Harness;
using ServersGrpc.V1;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Every method and path, on every face, with every kind of credential: nothing is open by mistake, and nothing shut.</summary>
public sealed class AccessMatrixTests(ITestOutputHelper output) : ServiceTest(output)
{
    private const string Servers = "/servers.v1.ServerService/";

    /// <summary>Every method of the contract. Whoever adds one has to say here who may call it.</summary>
    private static readonly Dictionary<string, MethodCall> Methods = new()
    {
        [Servers + "GetServer"] = new(
            name => new GetServerRequest { Name = name }, "GET", name => $"/api/servers/{name}", _ => null, Credential.Viewer, Effect.Reads),
        [Servers + "ListServers"] = new(_ => new ListServersRequest(), "GET", _ => "/api/servers", _ => null, Credential.Viewer, Effect.ReadsAll),
        [Servers + "WatchServers"] = new(_ => new WatchServersRequest(), "GET", _ => "/api/servers:watch", _ => null, Credential.Viewer, Effect.ReadsAll),
        [Servers + "ListServerEvents"] = new(
            name => new ListServerEventsRequest { Name = name }, "GET", name => $"/api/servers/{name}/events", _ => null, Credential.Viewer, Effect.Reads),
        [Servers + "ProvisionServer"] = new(
            name => new ProvisionServerRequest { Name = name, Labels = { ["team"] = "a" } }, "POST", _ => "/api/servers",
            name => $$$"""{"name":"{{{name}}}","labels":{"team":"a"}}""", Credential.Operator, Effect.Makes),
        [Servers + "TerminateServer"] = new(
            name => new TerminateServerRequest { Name = name }, "DELETE", name => $"/api/servers/{name}", _ => null, Credential.Operator, Effect.Changes),
        // Nothing runs here, so that whoever may is told that: FAILED_PRECONDITION.
        [Servers + "RotateServerCredentials"] = new(
            name => new RotateServerCredentialsRequest { Name = name }, "POST", name => $"/api/servers/{name}:rotate-credentials", _ => "{}", Credential.Operator, Effect.Rotates),
        ["/grpc.health.v1.Health/Check"] = OfTheService(new HealthCheckRequest(), null),
        ["/grpc.health.v1.Health/Watch"] = OfTheService(new HealthCheckRequest(), null),
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = OfTheService(new ServerReflectionRequest { ListServices = "" }, Credential.Viewer),
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = OfTheService(
            new Grpc.Reflection.V1Alpha.ServerReflectionRequest { ListServices = "" }, Credential.Viewer),
    };

    /// <summary>Every other path, with who may ask for it; those of another team may only what everyone may.</summary>
    private static readonly Dictionary<string, (string Verb, int Status, Credential? Least)> Paths = new()
    {
        ["/healthz"] = ("GET", 200, null),
        ["/version"] = ("GET", 200, null),
        ["/openapi.json"] = ("GET", 200, null),
        ["/docs"] = ("GET", 301, null),
        ["/varz"] = ("GET", 200, Credential.Viewer),
        ["/metrics"] = ("GET", 200, Credential.Viewer),
        ["/api/pause"] = ("POST", 204, Credential.Admin),
        ["/api/resume"] = ("POST", 204, Credential.Admin),
    };

    private readonly List<string> _faults = [];
    private int _names;

    protected override string[] Options => ["--Servers:MaxServers=1000"];

    [Fact]
    public async Task EveryMethod_WithEveryCredentialOnEveryFace_IsForWhomItIsFor()
    {
        Assert.Equal(Described().Order(StringComparer.Ordinal), Methods.Keys.Order(StringComparer.Ordinal));
        await Service.PauseAsync();
        var tokens = await Tokens.OfEveryKindAsync(Service);
        using var client = new FaceClient(Service);
        var cells = 0;
        foreach (var (method, call) in Methods)
        {
            foreach (var face in Enum.GetValues<Face>().Where(face => face != Face.Rest || call.Verb.Length > 0))
            {
                foreach (var (credential, token) in tokens)
                {
                    await CheckAsync(client, method, call, face, credential, token);
                    cells++;
                }
            }
        }

        Output.WriteLine($"{cells} cells.");
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task EveryOtherPath_WithEveryCredential_IsForWhomItIsFor()
    {
        using var client = new FaceClient(Service);
        var described = JsonNode.Parse((await client.RestAsync("GET", "/openapi.json", null, null)).Body)!["paths"]!.AsObject().Select(path => path.Key);
        Assert.Empty(described.Where(path => !path.StartsWith("/api/servers", StringComparison.Ordinal)).Except(Paths.Keys));
        var tokens = await Tokens.OfEveryKindAsync(Service);

        foreach (var (path, (verb, status, least)) in Paths)
        {
            foreach (var (credential, token) in tokens)
            {
                var expected = least is null ? status
                    : credential < Credential.Viewer ? 401
                    : credential > Credential.Admin || credential < least ? 403
                    : status;
                var outcome = await client.RestAsync(verb, path, null, token);
                if (outcome.Code != expected)
                    _faults.Add($"{verb} {path} as {credential}: {outcome.Code}, not {expected}.");
            }
        }

        Assert.Empty(_faults);
    }

    [Theory]
    [InlineData("GET", "/none", 404)]
    [InlineData("PUT", "/api/servers", 405)]
    [InlineData("GET", "/api/pause", 405)]
    public async Task WhatIsNotThere_WithAndWithoutAToken_TellsStrangersNothing(string verb, string path, int status)
    {
        using var client = new FaceClient(Service);

        Assert.Equal(401, (await client.RestAsync(verb, path, null, null)).Code);
        Assert.Equal(status, (await client.RestAsync(verb, path, null, Service.Token)).Code);
    }

    [Theory]
    [InlineData("/healthz/", 200)]
    [InlineData("/HEALTHZ", 200)]
    [InlineData("/Version/", 200)]
    [InlineData("/METRICS", 401)]
    [InlineData("/varz/", 401)]
    [InlineData("/API/SERVERS", 401)]
    public async Task APath_InAnotherSpelling_IsAsOpenAsItsOwn(string path, int status)
    {
        using var client = new FaceClient(Service);

        Assert.Equal(status, (await client.RestAsync("GET", path, null, null)).Code);
    }

    [Fact]
    public async Task AStranger_WithALongMessage_IsRefusedBeforeItIsRead()
    {
        using var client = new FaceClient(Service);
        var request = new Grpc.Health.V1.HealthCheckRequest { Service = new string('x', 5000) };

        foreach (var method in (string[])["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"])
        {
            Assert.Equal((int)StatusCode.ResourceExhausted, (await client.GrpcAsync(method, request, null)).Code);
            Assert.Equal((int)StatusCode.ResourceExhausted, (await client.GrpcWebAsync(method, request, null)).Code);
        }
    }

    [Fact]
    public async Task AnUnknownMethod_OverGrpc_TellsStrangersNothing()
    {
        using var client = new FaceClient(Service);

        Assert.Equal((int)StatusCode.Unauthenticated, (await client.GrpcAsync(Servers + "None", new GetServerRequest(), null)).Code);
        Assert.Equal((int)StatusCode.Unimplemented, (await client.GrpcAsync(Servers + "None", new GetServerRequest(), Service.Token)).Code);
    }

    private async Task CheckAsync(FaceClient client, string method, MethodCall call, Face face, Credential credential, string? token)
    {
        // A server of team a's own for each call, so that no call finds what another left.
        var name = $"s{++_names}";
        if (call.Effect is not Effect.None and not Effect.Makes)
            await MakeAsync(client, name);
        var outcome = face switch
        {
            Face.Rest => await client.RestAsync(call.Verb, call.Path(name), call.Body(name), token),
            Face.Grpc => await client.GrpcAsync(method, call.Message(name), token),
            _ => await client.GrpcWebAsync(method, call.Message(name), token),
        };

        var expected = Expected(call, credential);
        var code = face == Face.Rest ? HttpStatus(expected) : (int)expected;
        var cell = $"{method} over {face} as {credential}";
        if (outcome.Code != code)
            _faults.Add($"{cell}: {outcome.Code}, not {code}: {outcome.Body}");
        var tells = expected == StatusCode.OK && call.Effect != Effect.None && credential < Credential.OtherTeamsViewer;
        // Of a stream over gRPC the first message is read, which is of the oldest server.
        if (outcome.Body.Contains($"{name}\"", StringComparison.Ordinal) && !tells && call.Effect == Effect.ReadsAll)
            _faults.Add($"{cell}: tells of {name}.");
        if (call.Effect is Effect.Makes or Effect.Changes)
            await CheckEffectAsync(client, call, cell, name, expected);
    }

    private async Task CheckEffectAsync(FaceClient client, MethodCall call, string cell, string name, StatusCode expected)
    {
        var (status, body) = await client.RestAsync("GET", $"/api/servers/{name}", null, Service.Token);
        var happened = call.Effect == Effect.Makes ? status == 200 : (string)JsonNode.Parse(body)!["state"]! != "pending";
        if (happened != (expected == StatusCode.OK))
            _faults.Add($"{cell}: {(happened ? "it happened" : "nothing happened")}.");
        if (status == 200)
            await client.RestAsync("DELETE", $"/api/servers/{name}", null, Service.Token);
    }

    private async Task MakeAsync(FaceClient client, string name)
    {
        var made = await client.RestAsync("POST", "/api/servers", $$$"""{"name":"{{{name}}}","labels":{"team":"a"}}""", Service.Token);
        Assert.True(made.Code == 200, made.Body);
    }

    private static StatusCode Expected(MethodCall call, Credential credential)
    {
        if (call.Least is not { } least)
            return StatusCode.OK;
        if (credential < Credential.Viewer)
            return StatusCode.Unauthenticated;
        var isOthers = credential > Credential.Admin;
        var role = isOthers ? credential - Credential.OtherTeamsViewer + Credential.Viewer : credential;
        if (role < least)
            return StatusCode.PermissionDenied;
        if (!isOthers)
            return call.Effect == Effect.Rotates ? StatusCode.FailedPrecondition : StatusCode.OK;
        return call.Effect switch
        {
            Effect.Makes => StatusCode.PermissionDenied,
            Effect.Reads or Effect.Changes or Effect.Rotates => StatusCode.NotFound,
            _ => StatusCode.OK,
        };
    }

    private static int HttpStatus(StatusCode code) => code switch
    {
        StatusCode.OK => 200,
        StatusCode.Unauthenticated => 401,
        StatusCode.PermissionDenied => 403,
        StatusCode.NotFound => 404,
        StatusCode.FailedPrecondition => 400,
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };

    private static MethodCall OfTheService(Google.Protobuf.IMessage message, Credential? least) =>
        new(_ => message, "", _ => "", _ => null, least, Effect.None);

    private static IEnumerable<string> Described()
    {
        IEnumerable<ServiceDescriptor> services =
        [
            ServerService.Descriptor, Health.Descriptor, ServerReflection.Descriptor, Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
        ];
        return services.SelectMany(service => service.Methods).Select(method => $"/{method.Service.FullName}/{method.Name}");
    }
}
