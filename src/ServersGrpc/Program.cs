using ServersGrpc;
using ServersGrpc.Agent;
using ServersGrpc.Api;
using ServersGrpc.Auth;
using ServersGrpc.Commands;
using ServersGrpc.Configuration;
using ServersGrpc.Errors;
using ServersGrpc.Listening;
using ServersGrpc.Listening.Answers;
using ServersGrpc.Listening.Cors;
using ServersGrpc.OpenApi;
using ServersGrpc.Rest;
using ServersGrpc.Telemetry;

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
        .AddEngine(options)
        .AddCrossOrigin(options.Cors)
        .AddAuth(options.Auth)
        .AddCommands()
        .AddErrors()
        .AddRest()
        .AddTelemetry(options.Metrics, builder.Configuration)
        .AddApi()
        .AddDocs(options.Docs);
    var app = builder.Build();
    app.UseRequestIds();
    app.UseSecurityHeaders(options.Tls.HstsOfAddresses);
    app.UseBrowserCalls(options.Cors);
    app.UseErrors();
    app.UseHeadAsGet();
    app.UseRouting();
    app.UseAuth();
    app.UseAnswerLimits();
    app.UseRest();
    app.MapTelemetry();
    app.MapApi();
    app.MapDocs();
    app.UseHosting();
    await app.RunAsync();
});
