using Grpc.AspNetCore.Server;
using Grpc.Core;
using ServersGrpc.Api;
using ServersGrpc.Auth;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Errors;
using ServersGrpc.Listening;
using ServersGrpc.Rest;
using ServersGrpc.V1;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>
/// The reference for what the check of callers costs: the service without it. Everyone is let in, nobody's role is looked at, all are told
/// everything, and nothing is noted. The rest is the service's own.
/// </summary>
internal static class OpenServer
{
    public const string Subcommand = "open";

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateBuilder(Startup.Arguments(args));
        var options = ServersConfiguration.Read(builder.Configuration);
        await builder.AddHostingAsync(options);
        builder.Services
            .AddEngine(options)
            .AddAuth(options.Auth)
            .AddErrors()
            .AddRest()
            .AddApi()
            .AddSingleton<OpenService>()
            .PostConfigure<GrpcServiceOptions>(grpc =>
            {
                grpc.Interceptors.Clear();
                grpc.Interceptors.Add<ErrorInterceptor>();
                grpc.Interceptors.Add<RestAnswerInterceptor>();
            });
        var app = builder.Build();
        app.UseListening(options.Tls, options.Cors);
        app.UseHead();
        app.UseRouting();
        app.UseErrors();
        app.UseRest();
        app.MapGrpcService<OpenService>();
        await app.RunAsync();
        return 0;
    }

    private sealed class OpenService(Fleet fleet) : ServerService.ServerServiceBase
    {
        private static readonly Caller Anyone = new("anyone", Role.Admin);

        public override async Task<Server> GetServer(GetServerRequest request, ServerCallContext context) =>
            (await fleet.GetAsync(request.Name, Anyone, context.CancellationToken)).ToMessage(withSecrets: true);
    }
}
