using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What follows a step that threw, by state and kind of fault. Unknown is not failed: a create whose outcome is unknown stays open.</summary>
internal sealed class StepFailure(InstanceCheck instances, Shortages shortages, LifecycleOptions options, Random random)
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DisabledPause = TimeSpan.FromMinutes(1);

    public StepResult Handle(ServerRecord server, DateTimeOffset now, Exception exception)
    {
        // Nothing was tried, so nothing counts as a try.
        if (exception is ProviderDisabledException disabled)
            return Wait(server, server with { Error = disabled.Message }, now + DisabledPause, "ProviderDisabled");
        var fault = exception as ProviderException;
        var message = exception switch
        {
            ProviderException e => e.Message,
            OperationCanceledException or TimeoutException => $"{server.Provider} did not answer within {options.StepDeadline}.",
            // Its words may hold anything; they go to the log only.
            _ => $"{server.Provider} failed in a way that was not foreseen ({exception.GetType().Name}).",
        };
        // For as long as the provider itself asks to wait, nothing can be tried: that time is not taken from the tries'.
        var failed = server with
        {
            Attempts = server.Attempts + 1,
            Error = message,
            Deadline = server.State == ServerState.Creating ? server.Deadline + (fault?.RetryAfter ?? TimeSpan.Zero) : server.Deadline,
        };
        return server.State switch
        {
            ServerState.Pending or ServerState.Creating => CreateFailed(server, failed, now, fault),
            ServerState.Staging when now >= server.Deadline => instances.GiveUp(
                failed, now, "NotReady", $"The instance did not answer within {options.ReadyDeadline}. {message}"),
            ServerState.Stopping => Again(server, failed, now, "DestroyFailed", ShortPause, fault),
            _ => Again(server, failed, now, "StepFailed", ShortPause, fault),
        };
    }

    private StepResult CreateFailed(ServerRecord server, ServerRecord failed, DateTimeOffset now, ProviderException? fault)
    {
        // Only what the provider itself refused is known not to exist.
        if (fault?.Fault is ProviderFault.Rejected or ProviderFault.CapacityUnavailable)
            failed = failed with { CreateIsOpen = false };
        if (fault?.Fault is ProviderFault.CapacityUnavailable && server.Placements.Count > 0)
        {
            shortages.Remember(server, now);
            // What was not tried yet is tried at once, and counts as the same try.
            if (now < failed.Deadline && shortages.Available(server, now) is { } next)
                return StepResult.GoOn(failed with { Attempts = server.Attempts }, "PlacementUnavailable", $"{failed.Error} Next: {next}.");
        }
        shortages.EndTry(server);
        if (fault?.Fault is ProviderFault.Rejected)
            return instances.GiveUp(failed, now, "Rejected", failed.Error);
        if (failed.Attempts >= options.CreateAttempts || now >= failed.Deadline)
            return instances.GiveUp(failed, now, "RetriesExhausted", $"Given up after {failed.Attempts} tries. {failed.Error}");
        return fault?.Fault is ProviderFault.CapacityUnavailable
            ? Again(server, failed, now, "CapacityUnavailable", LongPause, fault)
            : Again(server, failed, now, "CreateFailed", ShortPause, fault);
    }

    private StepResult Again(ServerRecord server, ServerRecord failed, DateTimeOffset now, string reason, TimeSpan first, ProviderException? fault)
    {
        var pause = Backoff.AfterFailure(failed.Attempts, first, random);
        return Wait(server, failed, now + (fault?.RetryAfter > pause ? fault.RetryAfter.Value : pause), reason);
    }

    // The same words again are nothing new to tell: a provider that stays broken must not fill the history.
    private static StepResult Wait(ServerRecord server, ServerRecord failed, DateTimeOffset until, string reason) =>
        failed.Error == server.Error ? StepResult.Wait(failed, until) : StepResult.Wait(failed, until, reason, failed.Error);
}
