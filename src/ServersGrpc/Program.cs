using ServersGrpc;
using ServersGrpc.Agent;
using ServersGrpc.Api;
using ServersGrpc.Auth;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Storage;

if (args is ["agent", ..])
    return await AgentCommand.RunAsync(args[1..]);

// Settings are read once. Watching their files would mean to hear of every write below the working directory, the database's too.
const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

return await Startup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder([.. args, NoReload]);
    var options = ServersConfiguration.Read(builder.Configuration);
    builder.AddHosting(options);
    builder.Services
        .AddStorage(options.Storage, options.InstallationId)
        .AddProviders()
        .AddLocalProvider(options.Local, AgentCommand.CommandLine())
        .AddLifecycle(options.Lifecycle)
        .AddFleet(options.Fleet)
        .AddAuth()
        .AddApi();
    var app = builder.Build();
    app.UseAuth();
    app.MapApi();
    app.WarnOfClearText();
    await app.RunAsync();
});
