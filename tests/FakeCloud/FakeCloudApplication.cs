using ServersGrpc.FakeCloud.Admin;
using ServersGrpc.FakeCloud.Billing;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.DigitalOcean;
using ServersGrpc.FakeCloud.Faults;
using ServersGrpc.FakeCloud.Gates;
using ServersGrpc.FakeCloud.Hetzner;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud;

/// <summary>
/// The Hetzner Cloud API below /v1, the DigitalOcean API below /v2 and the tests' own interface below /_fake, on one port, with machines
/// that take real connections. Written after the clouds' public documents, not after the providers that it tries.
/// </summary>
public static class FakeCloudApplication
{
    /// <param name="args">As of any ASP.NET application, and "--state=DIRECTORY": where everything is kept.</param>
    public static WebApplication Build(params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var directory = builder.Configuration["state"] ?? throw new InvalidOperationException("Where to keep the state? --state DIRECTORY");
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => new World(directory, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<MachineRoom>();
        builder.Services.AddSingleton<Hypervisor>();
        builder.Services.AddSingleton<Ledger>();
        builder.Services.AddSingleton<FaultBook>();
        builder.Services.AddSingleton<GateBook>();
        builder.Services.AddSingleton<CallLog>();
        builder.Services.AddSingleton<CallPipeline>();
        builder.Services.AddHetzner();
        builder.Services.AddDigitalOcean();

        var app = builder.Build();
        app.MapHetzner();
        app.MapDigitalOcean();
        app.MapAdmin();
        app.Lifetime.ApplicationStarted.Register(() => Resume(app.Services));
        return app;
    }

    private static void Resume(IServiceProvider services)
    {
        var world = services.GetRequiredService<World>();
        lock (world.Lock)
        {
            services.GetRequiredService<Hypervisor>().Resume();
            world.Commit();
        }
    }
}
