using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Asks whether a server's instance is there, and says what becomes of a server that lost its instance or can't be helped.</summary>
internal sealed class InstanceCheck(
    ProviderCatalog providers, Absences absences, Witnesses witnesses, LifecycleOptions options, TimeProvider time, ILogger<InstanceCheck> logger)
{
    private static readonly TimeSpan MovedPause = TimeSpan.FromSeconds(1);

    /// <summary>Looks for the instance. A provider's failure is the caller's to handle.</summary>
    public async Task<Sighting> FindAsync(ServerRecord server, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var provider = providers.Get(server.Provider);
        var asked = time.GetTimestamp();
        if (await provider.FindAsync(server.Uid, cancellationToken) is { } instance)
        {
            absences.End(server);
            witnesses.Found(provider.Name);
            return new(Presence.There, instance, null, null);
        }
        var window = provider.ConsistencyWindow;
        var absence = absences.Miss(server, window, asked);
        if (!absence.IsCertain)
            return new(Presence.Missed, null, server.AbsentSince ?? now, time.GetUtcNow() + absences.UntilNextLook(absence, window));
        await witnesses.HearAsync(server, provider, absence.Since, cancellationToken);
        absences.End(server);
        return new(Presence.Gone, null, server.AbsentSince ?? now, null);
    }

    /// <summary>The same where a provider that can't be asked is no failure: it has not said that the instance is gone.</summary>
    public async Task<Sighting> TryFindAsync(ServerRecord server, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(server, now, cancellationToken);
        }
        catch (Exception e) when (e is ProviderException or ProviderDisabledException)
        {
            LifecycleLog.CannotTell(logger, server.Name, server.Provider, e.Message);
            return new(Presence.Unknown, null, server.AbsentSince, null);
        }
    }

    /// <summary>The instance answers elsewhere than was known.</summary>
    public static bool HasMoved(ServerRecord server, Sighting sighting) =>
        sighting.Instance is { Address.Length: > 0 } instance && instance.Address != server.Address && instance.Id == server.InstanceId;

    /// <summary>Takes the new address, and asks there soon.</summary>
    public static StepResult Moved(ServerRecord server, Sighting sighting, DateTimeOffset now) => StepResult.Wait(
        server with { Address = sighting.Instance!.Address }, now + MovedPause, "AddressChanged", $"The instance has the address {sighting.Instance.Address} now.");

    /// <summary>The instance went away by itself. What it may have left behind at its provider is removed all the same.</summary>
    public static StepResult Lost(ServerRecord server, string why) => StepResult.GoOn(
        server with
        {
            State = ServerState.Stopping,
            Error = $"The instance is gone, though nobody asked for its end: {why}",
            Deadline = null,
            Attempts = 0,
            Probes = 0,
            AbsentSince = null,
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
            AbsentSince = null,
            Deadline = now + options.StoppedRetention,
        },
        now + options.StoppedRetention, reason, message);

    /// <summary>The lifecycle can't help the server any more. What may be left of it is removed after a while; a row with nothing is purged.</summary>
    public StepResult GiveUp(ServerRecord server, DateTimeOffset now, string reason, string message)
    {
        var until = now + (server.MayHaveInstance ? options.ErrorRetention : options.StoppedRetention);
        return StepResult.Wait(
            server with { State = ServerState.Error, Error = message, Attempts = 0, Probes = 0, AbsentSince = null, Deadline = until },
            until, reason, message);
    }
}
