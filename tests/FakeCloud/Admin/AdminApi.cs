using System.Text.Json;
using ServersGrpc.FakeCloud.Billing;
using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Faults;
using ServersGrpc.FakeCloud.Gates;
using ServersGrpc.FakeCloud.Machines;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Admin;

/// <summary>The tests' own interface, without a token: what goes wrong, where calls stop, what was called and what it costs.</summary>
internal static class AdminApi
{
    private const string Prefix = "/_fake";

    public static void MapAdmin(this WebApplication app)
    {
        var world = app.Services.GetRequiredService<World>();
        MapSettings(app, world);
        MapFaults(app, world, app.Services.GetRequiredService<FaultBook>());
        MapGates(app, app.Services.GetRequiredService<GateBook>());
        MapBilling(app, world, app.Services.GetRequiredService<Ledger>());
        MapMachines(app, world, app.Services.GetRequiredService<Hypervisor>());
        MapCalls(app, world, app.Services.GetRequiredService<CallLog>());
    }

    private static void MapSettings(WebApplication app, World world)
    {
        app.MapGet(Prefix + "/settings", http => AnswerAsync(http, Locked(world, () => world.Settings)));
        app.MapPut(Prefix + "/settings", async http =>
        {
            var settings = await ReadAsync<FakeCloudSettings>(http);
            await AnswerAsync(http, Locked(world, () => world.Settings = settings));
        });
    }

    private static void MapFaults(WebApplication app, World world, FaultBook faults)
    {
        app.MapGet(Prefix + "/faults", http => AnswerAsync(http, Locked(world, () => faults.All.Select(State).ToList())));
        app.MapPost(Prefix + "/faults", async http =>
        {
            var rule = await ReadAsync<Fault>(http);
            await AnswerAsync(http, Locked(world, () => State(faults.Arm(rule))));
        });
        app.MapDelete(Prefix + "/faults", http => AnswerAsync(http, Locked(world, () =>
        {
            faults.Disarm(_ => true);
            faults.Chaos = null;
            return true;
        })));
        app.MapDelete(Prefix + "/faults/{id:long}", (HttpContext http, long id) => AnswerAsync(http, Locked(world, () =>
        {
            faults.Disarm(fault => fault.Id == id);
            return true;
        })));
        app.MapPut(Prefix + "/chaos", async http =>
        {
            var chaos = await ReadAsync<Chaos>(http);
            await AnswerAsync(http, Locked(world, () => faults.Chaos = chaos));
        });
        app.MapDelete(Prefix + "/chaos", http => AnswerAsync(http, Locked(world, () =>
        {
            faults.Chaos = null;
            return true;
        })));

        static FaultState State(ArmedFault fault) => new(fault.Id, fault.Rule, fault.Seen, fault.Hits);
    }

    private static void MapGates(WebApplication app, GateBook gates)
    {
        app.MapPost(Prefix + "/gates", async http =>
            await AnswerAsync(http, new GateState(gates.Add(await ReadAsync<GateOrder>(http)).Id, Call: null)));
        app.MapGet(Prefix + "/gates/{id:long}/wait", async (HttpContext http, long id) =>
        {
            var gate = gates.Find(id);
            if (gate is null)
                http.Response.StatusCode = StatusCodes.Status404NotFound;
            else
                await AnswerAsync(http, new GateState(id, await gate.Reached.WaitAsync(http.RequestAborted)));
        });
        app.MapPost(Prefix + "/gates/{id:long}/open", (long id) => gates.Open(gate => gate.Id == id, goOn: true));
        app.MapDelete(Prefix + "/gates/{id:long}", (long id) => gates.Open(gate => gate.Id == id, goOn: false));
        app.MapDelete(Prefix + "/gates", () => gates.Open(_ => true, goOn: false));
        // A call that stands before a gate must not hold up the end of the process.
        app.Lifetime.ApplicationStopping.Register(() => gates.Open(_ => true, goOn: false));
    }

    private static void MapBilling(WebApplication app, World world, Ledger ledger)
    {
        app.MapGet(Prefix + "/billing", http => AnswerAsync(http, Locked(world, () => ledger.Bill(http.Request.Query["cloud"]))));
        app.MapGet(Prefix + "/machines", http => AnswerAsync(http, Locked(world, () => ledger.History(http.Request.Query["cloud"]))));
    }

    private static void MapMachines(WebApplication app, World world, Hypervisor hypervisor)
    {
        app.MapGet(Prefix + "/machines/{id:long}/user-data", async (HttpContext http, long id) =>
            await http.Response.WriteAsync(Locked(world, () => Find(id) is { } machine ? world.UserData.Find(machine.Key) ?? "" : "")));
        app.MapPost(Prefix + "/machines/{id:long}/{change}", (HttpContext http, long id, MachineChange change) =>
            AnswerAsync(http, Locked(world, () =>
            {
                var machine = Find(id);
                if (machine is not { Destroyed: null }) return false;
                Apply(machine, change);
                return true;
            })));

        Machine? Find(long id) => world.Machines.All.FirstOrDefault(machine => machine.Id == id);

        void Apply(Machine machine, MachineChange change)
        {
            switch (change)
            {
                case MachineChange.Vanish:
                    hypervisor.Destroy(machine);
                    break;
                case MachineChange.Move:
                    hypervisor.Move(machine);
                    break;
                case MachineChange.PowerOff:
                    hypervisor.Switch(machine, isOn: false);
                    break;
                default:
                    machine.IsSilent = change == MachineChange.Silence;
                    machine.IsImpostor = change == MachineChange.Impersonate;
                    hypervisor.Change(machine);
                    break;
            }
        }
    }

    private static void MapCalls(WebApplication app, World world, CallLog log)
    {
        app.MapGet(Prefix + "/calls", http =>
            AnswerAsync(http, log.Since(long.TryParse(http.Request.Query["since"], out var since) ? since : 0)));
        app.MapGet(Prefix + "/counts", http => AnswerAsync(http, Locked(world, world.CallCounts)));
    }

    private static T Locked<T>(World world, Func<T> act)
    {
        lock (world.Lock)
        {
            var result = act();
            world.Commit();
            return result;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext http) =>
        await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Json.Options, http.RequestAborted)
        ?? throw new BadHttpRequestException("A body is required.");

    private static Task AnswerAsync<T>(HttpContext http, T answer) =>
        http.Response.WriteAsJsonAsync(answer, Json.Options, http.RequestAborted);
}
