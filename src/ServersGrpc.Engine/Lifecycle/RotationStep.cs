using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>
/// Has a running machine take the server's next credentials, and makes them the server's own once the machine answers with them. The
/// wish is journaled with them, so whoever finds it after a crash asks the machine first which it has. Until then it is looked after as any
/// running server is.
/// </summary>
internal sealed class RotationStep(
    ProviderCatalog providers, MeteredProbe probe, InstanceCheck instances, LivenessStep liveness, LifecycleOptions options, Random random,
    ILogger<RotationStep> logger) : ILifecycleStep
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    public async Task<StepResult> RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var next = options.LivenessInterval;
        // An earlier try may have delivered them without our knowing.
        if (await probe.AnswersAsync(context.Server.Renewed(), cancellationToken))
            return Rotated(context, next);
        Exception? failure = null;
        if (context.Server.Deadline is null)
        {
            failure = await TryDeliverAsync(context, cancellationToken);
            if (failure is null && await probe.AnswersAsync(context.Server.Renewed(), cancellationToken))
                return Rotated(context, next);
        }

        try
        {
            await probe.ProbeAsync(context.Server, cancellationToken);
        }
        catch (ProbeFailedException e)
        {
            return await SilentAsync(context, failure?.Message ?? e.Message, cancellationToken);
        }
        return AsBefore(context, failure);
    }

    /// <summary>The machine is given them. Returns what keeps it from that; null: nothing.</summary>
    private async Task<Exception?> TryDeliverAsync(StepContext context, CancellationToken cancellationToken)
    {
        var server = context.Server;
        try
        {
            await providers.Get(server.Provider).DeliverAsync(
                new(server.InstanceId, server.Uid, server.Name, server.Address, server.Created),
                InstanceSpec.For(server), InstanceSpec.For(server.Renewed()), cancellationToken);
        }
        catch (Exception e) when (e is ProviderException or ProviderDisabledException)
        {
            LifecycleLog.NotDelivered(logger, server.Name, server.Provider, e.Message);
            return e;
        }
        // It may start anew for that, as it did when it was made, and is not to be given them once more meanwhile.
        await context.SaveAsync(server with { Deadline = context.Now + options.ReadyDeadline });
        return null;
    }

    private static StepResult Rotated(StepContext context, TimeSpan interval) => StepResult.Wait(
        context.Server.Renewed() with { Deadline = null, Attempts = 0, Probes = 0, AbsentSince = null, Error = "" },
        context.Now + interval, "CredentialsRotated", "The server answers with its new credentials.");

    /// <summary>The machine answers with what it had: that goes on, and so does the wish for others, unless they are refused for good.</summary>
    private StepResult AsBefore(StepContext context, Exception? failure)
    {
        var server = context.Server with { Deadline = null, Probes = 0, AbsentSince = null, Attempts = context.Server.Attempts + 1 };
        var fault = failure as ProviderException;
        if (fault?.Fault == ProviderFault.Rejected)
        {
            return StepResult.Wait(
                server with { Next = null, Attempts = 0, Error = "" }, context.Now + options.LivenessInterval, "CredentialsRefused",
                $"The server keeps its credentials. {fault.Message}");
        }
        var message = failure?.Message ?? "The machine was given new credentials, and still answers with those it had.";
        var pause = Backoff.AfterFailure(server.Attempts, FirstRetry, random);
        var until = context.Now + (fault?.RetryAfter > pause ? fault.RetryAfter.Value : pause);
        // The same words again are nothing new to tell.
        return message == context.Server.Error
            ? StepResult.Wait(server, until)
            : StepResult.Wait(server with { Error = message }, until, "CredentialsNotDelivered", message);
    }

    /// <summary>The machine answers with neither: it starts anew, or it is in trouble.</summary>
    private async Task<StepResult> SilentAsync(StepContext context, string why, CancellationToken cancellationToken)
    {
        var server = context.Server;
        if (server.Deadline is null || context.Now >= server.Deadline)
        {
            return await liveness.SilentAsync(
                server with { Deadline = null }, context.Now, context.Now + options.LivenessInterval, why, cancellationToken);
        }
        var sighting = await instances.TryFindAsync(server, context.Now, cancellationToken);
        server = server with { Probes = server.Probes + 1, AbsentSince = sighting.AbsentSince };
        if (sighting.Presence == Presence.Gone)
            return InstanceCheck.Lost(server, why);
        if (InstanceCheck.HasMoved(server, sighting))
            return InstanceCheck.Moved(server, sighting, context.Now);
        var pause = Backoff.Growing(server.Probes - 1, FirstPause, LongestPause);
        return StepResult.Wait(server, context.Now + pause);
    }
}
