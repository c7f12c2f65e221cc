using System.Net;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using ServersGrpc.Auth.Authorization;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Auth.Authorization;

/// <summary>Who may call each path and method of the service as it is composed. What is added without a policy fails here.</summary>
public sealed class EndpointPoliciesTests(RunningProgram program) : IClassFixture<RunningProgram>
{
    private static readonly string[] Known = [Policies.Viewer, Policies.Operator, Policies.ServiceViewer, Policies.ServiceAdmin];

    // Probes and browsers have no token. All of these tell nothing of any server.
    private static readonly string[] Anonymous =
    [
        "/", "/docs/{**path}", "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch", "/healthz", "/openapi.json", "/version",
    ];

    public static TheoryData<string, string> Methods => new()
    {
        { nameof(ServerService.ServerServiceBase.GetServer), Policies.Viewer },
        { nameof(ServerService.ServerServiceBase.ListServers), Policies.Viewer },
        { nameof(ServerService.ServerServiceBase.ProvisionServer), Policies.Operator },
        { nameof(ServerService.ServerServiceBase.TerminateServer), Policies.Operator },
        { nameof(ServerService.ServerServiceBase.RotateServerCredentials), Policies.Operator },
        { nameof(ServerService.ServerServiceBase.WatchServers), Policies.Viewer },
        { nameof(ServerService.ServerServiceBase.ListServerEvents), Policies.Viewer },
    };

    [Fact]
    public void EveryEndpoint_NamesAPolicyOrIsAnonymousOnPurpose()
    {
        Assert.All(program.Endpoints, endpoint =>
        {
            if (!Anonymous.Contains(PatternOf(endpoint)))
                Assert.True(PoliciesOf(endpoint) is [_, ..] named && named.All(Known.Contains), $"{endpoint.DisplayName} names no policy.");
        });
        var anonymous = program.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);
        Assert.Equal(Anonymous, anonymous.Select(PatternOf).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Method_OfTheContract_HasItsPolicyOnBothFaces(string method, string policy)
    {
        var faces = program.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method is { } described
            && described.ServiceName == ServerService.Descriptor.FullName && described.Name == method).ToList();

        Assert.Equal(2, faces.Count);
        Assert.All(faces, face => Assert.Equal([policy], PoliciesOf(face)));
    }

    [Fact]
    public void Methods_OfTheContract_AreAllNamedHere() =>
        Assert.Equal(ServerService.Descriptor.Methods.Select(method => method.Name).Order(), Methods.Select(row => (string)row[0]).Order());

    [Fact]
    public async Task Path_WithoutAnEndpoint_IsToldOnlyToCallers()
    {
        using var known = await program.Http.GetAsync("/nothing");
        using var stranger = new HttpClient { BaseAddress = program.Http.BaseAddress };
        using var unknown = await stranger.GetAsync("/nothing");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Unauthorized), (known.StatusCode, unknown.StatusCode));
    }

    private static string PatternOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private static List<string?> PoliciesOf(RouteEndpoint endpoint) =>
        [.. endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(authorize => authorize.Policy)];
}
