using ServersGrpc;
using ServersGrpc.Agent;
using ServersGrpc.Api;
using ServersGrpc.Auth;
using ServersGrpc.Commands;
using ServersGrpc.Configuration;
using ServersGrpc.Errors;
using ServersGrpc.Listening;
using ServersGrpc.OpenApi;
using ServersGrpc.Rest;
using ServersGrpc.Telemetry;

if (args is ["agent", ..])
    return await AgentCommand.RunAsync(args[1..]);
if (args is [var root, ..] && (CommandTree.Roots.Contains(root) || CommandTree.Help.Contains(root)))
    return await Startup.RunAsync(() => CommandRunner.RunAsync(args));

return await Startup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(Startup.Arguments(args));
    var options = ServersConfiguration.Read(builder.Configuration);
    await builder.AddHostingAsync(options);
    builder.Services
        .AddEngine(options)
        .AddAuth(options.Auth)
        .AddCommands()
        .AddErrors()
        .AddRest()
        .AddTelemetry(options.Metrics, builder.Configuration)
        .AddApi()
        .AddDocs(options.Docs);
    var app = builder.Build();
    app.UseListening(options.Tls, options.Cors);
    app.UseHead();
    app.UseRouting();
    app.UseErrors();
    app.UseAuth();
    app.UseRest();
    app.UseSessions();
    app.MapTelemetry();
    app.MapApi();
    app.MapDocs();
    app.UseHosting();
    await app.RunAsync();
});
