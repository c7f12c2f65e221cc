using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What becomes of a server whose instance does not answer: is it still there, and who says so.</summary>
internal sealed class InstanceCheck(ProviderCatalog providers, LifecycleOptions options, ILogger<InstanceCheck> logger)
{
    /// <summary>Whether the provider says that the instance is not there. A provider that can't be asked has not said so.</summary>
    public async Task<bool> IsGoneAsync(ServerRecord server, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var provider = providers.Get(server.Provider);
            if (MayBeMissed(server, provider, now))
                return false;
            return await provider.FindAsync(server.Uid, cancellationToken) is null;
        }
        catch (Exception e) when (e is ProviderException or ProviderDisabledException)
        {
            LifecycleLog.CannotTell(logger, server.Name, server.Provider, e.Message);
            return false;
        }
    }

    /// <summary>Whether an instance may be too new for its provider to find it.</summary>
    public static bool MayBeMissed(ServerRecord server, IServerProvider provider, DateTimeOffset now) =>
        provider.ConsistencyWindow > TimeSpan.Zero && now < server.Updated + provider.ConsistencyWindow;

    /// <summary>The instance went away by itself. What it may have left behind at its provider is removed all the same.</summary>
    public static StepResult Lost(ServerRecord server, string why) => StepResult.GoOn(
        server with
        {
            State = ServerState.Stopping,
            Error = $"The instance is gone, though nobody asked for its end: {why}",
            Deadline = null,
            Attempts = 0,
            Probes = 0,
        },
        "InstanceLost", $"Instance {server.InstanceId} is gone, though nobody asked for its end: {why}");

    /// <summary>Nothing is left of the instance, by the provider's word.</summary>
    public StepResult Stopped(ServerRecord server, DateTimeOffset now, string reason, string message) => StepResult.Wait(
        server with
        {
            State = ServerState.Stopped,
            Stopped = now,
            CreateIsOpen = false,
            Attempts = 0,
            Probes = 0,
            Deadline = now + options.StoppedRetention,
        },
        now + options.StoppedRetention, reason, message);

    /// <summary>The lifecycle can't help the server any more. What may be left of it is removed after a while; a row with nothing is purged.</summary>
    public StepResult GiveUp(ServerRecord server, DateTimeOffset now, string reason, string message)
    {
        var until = now + (server.MayHaveInstance ? options.ErrorRetention : options.StoppedRetention);
        return StepResult.Wait(
            server with { State = ServerState.Error, Error = message, Attempts = 0, Probes = 0, Deadline = until }, until, reason, message);
    }
}
