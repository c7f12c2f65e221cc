using Grpc.AspNetCore.Web;
using ServersGrpc;
using ServersGrpc.Agent;
using ServersGrpc.Api;
using ServersGrpc.Auth;
using ServersGrpc.Commands;
using ServersGrpc.Configuration;
using ServersGrpc.Cors;
using ServersGrpc.Docs;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Headers;
using ServersGrpc.Limits;
using ServersGrpc.Telemetry;
using ServersGrpc.Tls;

if (args is ["agent", ..])
    return await AgentCommand.RunAsync(args[1..]);

if (args is [var root, ..] && CommandTree.Roots.Contains(root))
    return await Startup.RunAsync(() => CommandRunner.RunAsync(args));

return await Startup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(Startup.Arguments(args));
    var options = ServersConfiguration.Read(builder.Configuration);
    await builder.AddHostingAsync(options);
    builder.Services
        .AddLimits(options.Limits)
        .AddTls(options.Tls, options.Limits)
        .AddStorage(options.Storage, options.InstallationId)
        .AddProviders(options)
        .AddLifecycle(options.Lifecycle)
        .AddFleet(options.Fleet)
        .AddCrossOrigin(options.Cors)
        .AddAuth(options.Auth)
        .AddCommands()
        .AddTelemetry(options.Metrics)
        .AddApi()
        .AddDocs(options.Docs);
    var app = builder.Build();
    app.UseSecurityHeaders(options.Tls.HstsOfAddresses);
    app.UseCrossOrigin(options.Cors);
    app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    app.UseAuth();
    app.MapTelemetry();
    app.UseTls();
    app.MapApi();
    app.MapDocs();
    app.LogUnobservedFailures();
    await app.RunAsync();
    return 0;
});
