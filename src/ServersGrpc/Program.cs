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
using ServersGrpc.Telemetry;

if (args is ["agent", ..])
    return await AgentCommand.RunAsync(args[1..]);

if (args is [var root, ..] && CommandTree.Roots.Contains(root))
    return await Startup.RunAsync(() => CommandRunner.RunAsync(args));

// Settings are read once. Watching their files would mean to hear of every write below the working directory, the database's too.
const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

return await Startup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder([.. args, NoReload]);
    var options = ServersConfiguration.Read(builder.Configuration);
    builder.AddHosting(options);
    builder.Services
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
    app.UseCrossOrigin(options.Cors);
    app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
    app.UseAuth();
    app.MapTelemetry();
    app.MapApi();
    app.MapDocs();
    app.WarnOfClearText();
    app.LogUnobservedFailures();
    await app.RunAsync();
    return 0;
});
