using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>One run of a step: the leased server, the time, and a way to save before going on.</summary>
internal sealed class StepContext(
    ServerRecord server, DateTimeOffset now, Func<ServerSave, Task<ServerRecord>> save)
{
    /// <summary>The server as last saved.</summary>
    public ServerRecord Server { get; private set; } = server;

    /// <summary>When the step began.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Saves in the middle of a step, keeping the lease. Not bound by the step's deadline, which is the provider's.</summary>
    /// <exception cref="LeaseLostException">Someone else changed the server: the step must end.</exception>
    public async Task<ServerRecord> SaveAsync(ServerRecord server, string reason, string message) =>
        Server = await save(new(server, new EventDraft(reason, message, StepResult.Actor)));

    /// <summary>The same, where callers have nothing to see.</summary>
    /// <exception cref="LeaseLostException">Someone else changed the server: the step must end.</exception>
    public async Task<ServerRecord> SaveAsync(ServerRecord server) => Server = await save(new(server));
}
