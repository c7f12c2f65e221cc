using System.Globalization;
using ServersGrpc.Engine.Fleet;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Simulation.Cloud;

namespace ServersGrpc.Simulation.Callers;

/// <summary>
/// Asks for servers and for their end, as programs do: again when it hears nothing, sometimes at the same time as others. Notes in the
/// ledger what it was told.
/// </summary>
internal sealed class Caller(World world, Ledger ledger, IReadOnlyList<SimulatedCloud> clouds)
{
    private static readonly ServerQuery RunningServers = new() { States = new HashSet<ServerState> { ServerState.Running } };
    private static readonly Engine.Access.Caller Who = new("caller", Engine.Access.Role.Admin);

    private readonly List<ProvisionRequest> _unanswered = [];
    private int _requests;

    /// <summary>Asks for something at random.</summary>
    public void Ask(EngineProcess process)
    {
        switch (world.Random.Next(11))
        {
            case < 5:
                Provision(process, NewRequest());
                break;
            case < 6:
                // A hundred would be the same: two that meet are enough.
                var request = NewRequest() with { RequestId = NextId() };
                for (var i = world.Random.Next(2, 5); i > 0; i--)
                    Provision(process, request);
                break;
            case < 7:
                Repeat(process);
                break;
            case < 9:
                // Of one that does not run it is refused.
                if (Running(process) is { Count: > 0 } running)
                    Rotate(process, world.OneOf(running));
                else if (ledger.Names.Count > 0)
                    Rotate(process, world.OneOf([.. ledger.Names]));
                break;
            default:
                if (ledger.Names.Count > 0)
                    Terminate(process, world.OneOf([.. ledger.Names]), force: world.Random.Next(3) == 0);
                break;
        }
    }

    /// <summary>Asks again for what was not answered.</summary>
    public void Repeat(EngineProcess process)
    {
        foreach (var request in _unanswered.ToList())
            Provision(process, request);
    }

    public void Pause(EngineProcess process, bool paused) => Run(process, $"pause {paused}", async () =>
    {
        await process.Store.SetPausedAsync(paused, CancellationToken.None);
        return "";
    });

    private ProvisionRequest NewRequest()
    {
        var id = NextId();
        return new()
        {
            // Some names are used again and again.
            Name = world.Random.Next(3) == 0 ? $"again-{world.Random.Next(3)}" : $"server-{id}",
            Provider = world.OneOf(clouds).Name,
            RequestId = world.Random.Next(2) == 0 ? id : "",
            Region = world.Random.Next(2) == 0 ? CloudCharacter.Regions[0] : "",
            Alternatives = world.Random.Next(3) == 0 ? [new("south", ""), new("west", "large")] : [],
        };
    }

    // The real store answers from memory.
    private static IReadOnlyList<string> Running(EngineProcess process) =>
        [.. process.Truth.ListAsync(RunningServers, null, int.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult().Select(server => server.Name)];

    private string NextId() => (++_requests).ToString(CultureInfo.InvariantCulture);

    private void Provision(EngineProcess process, ProvisionRequest request)
    {
        ledger.Names.Add(request.Name);
        if (request.RequestId.Length > 0 && !_unanswered.Contains(request))
            _unanswered.Add(request);
        Run(process, $"provision {request.Name}", async () =>
        {
            var server = await process.Fleet.ProvisionAsync(request, Who, CancellationToken.None);
            if (server.Name != request.Name)
                world.Violate($"{request.Name} was asked for, and {server.Name} was made");
            ledger.Provisioned(server.Uid, server.Name);
            _unanswered.Remove(request);
            return server.Uid;
        });
    }

    private void Terminate(EngineProcess process, string name, bool force) => Run(process, $"terminate {name}{(force ? ", force" : "")}", async () =>
    {
        var server = await process.Fleet.TerminateAsync(name, force, "", Who, CancellationToken.None);
        if (server.State is not (ServerState.Shutdown or ServerState.Stopping or ServerState.Stopped))
            world.Violate($"the end of {name} was acknowledged, and it is in state {server.State}");
        ledger.Ended(server.Uid);
        return server.Uid;
    });

    private void Rotate(EngineProcess process, string name) => Run(process, $"rotate the credentials of {name}", async () =>
        (await process.Fleet.RotateCredentialsAsync(name, "", Who, CancellationToken.None)).Uid);

    private void Run(EngineProcess process, string what, Func<Task<string>> ask) => process.Run(async () =>
    {
        world.Trace.Add($"caller: {what}");
        try
        {
            world.Trace.Add($"caller: {what}: answered {await ask()}");
        }
        catch (Exception e) when (e is StoreUnavailableException or ServerException)
        {
            world.Trace.Add($"caller: {what}: {e.GetType().Name}");
        }
        catch (Exception e)
        {
            world.Violate($"{what} failed with {e}");
        }
    });
}
