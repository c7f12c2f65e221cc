using System.Net;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Authentication.Tokens;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Errors;
using ServersGrpc.Listening;
using ServersGrpc.Listening.OnePort;
using ServersGrpc.LiteDb;
using ServersGrpc.Tests.Engine;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Auth.Authorization;

/// <summary>A method whose policy was forgotten stays closed, to an admin too, on both faces.</summary>
public sealed class ForgottenPolicyTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = ["--urls=http://127.0.0.1:0"], EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.Services
            .AddSingleton(new LimitsOptions())
            .AddSingleton(TimeProvider.System)
            .AddOnePort()
            .AddSingleton(_ => DataDirectory.Open(_directory.Path))
            .AddLiteDbStore(new(), installationId: "")
            .AddAuth(new())
            .AddErrors()
            .AddGrpc()
            .AddJsonTranscoding();
        _app = builder.Build();
        _app.UseRouting();
        _app.UseErrors();
        _app.UseAuth();
        _app.MapGrpcService<Forgetful>();
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Grpc_MethodWithoutAPolicy_IsRefusedToAnAdmin()
    {
        using var channel = GrpcChannel.ForAddress(_app.Urls.Single());

        var client = new ServerService.ServerServiceClient(channel);

        var refused = await Assert.ThrowsAsync<RpcException>(
            () => client.GetServerAsync(new(), new Metadata { { "authorization", Bearer } }).ResponseAsync);

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Equal("ROLE_TOO_SMALL", refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
    }

    [Fact]
    public async Task Rest_MethodWithoutAPolicy_IsRefusedToAnAdmin()
    {
        using var http = new HttpClient { BaseAddress = new(_app.Urls.Single()) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", Bearer);

        using var refused = await http.GetAsync("/api/servers/any");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private string Bearer => $"Bearer {File.ReadAllText(_directory.File(AdminToken.FileName)).Trim()}";

    private sealed class Forgetful : ServerService.ServerServiceBase
    {
        public override Task<ServersGrpc.V1.Server> GetServer(GetServerRequest request, ServerCallContext context) =>
            Task.FromResult(new ServersGrpc.V1.Server());
    }
}
