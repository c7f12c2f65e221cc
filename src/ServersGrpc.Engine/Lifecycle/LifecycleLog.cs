using Microsoft.Extensions.Logging;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

internal static partial class LifecycleLog
{
    [LoggerMessage(LogLevel.Information, "Server {server} at {provider}: {from} to {to} ({reason}). {message}")]
    public static partial void Moved(
        ILogger logger, string server, string provider, ServerState from, ServerState to, string reason, string message);

    [LoggerMessage(LogLevel.Warning, "Server {server} at {provider}: {step} failed. {message}")]
    public static partial void StepFailed(ILogger logger, string server, string provider, string step, string message);

    [LoggerMessage(LogLevel.Error, "Server {server} at {provider}: {step} failed in a way that was not foreseen.")]
    public static partial void StepFaulted(ILogger logger, Exception exception, string server, string provider, string step);

    [LoggerMessage(LogLevel.Warning, "Server {server}: {provider} can't say whether its instance exists. {message}")]
    public static partial void CannotTell(ILogger logger, string server, string provider, string message);

    [LoggerMessage(LogLevel.Warning, "Server {server} at {provider}: its machine can't be given new credentials. {message}")]
    public static partial void NotDelivered(ILogger logger, string server, string provider, string message);

    [LoggerMessage(LogLevel.Debug, "Server {server}: another change came first; what was done is looked at again.")]
    public static partial void Lost(ILogger logger, string server);

    // The store itself warns, once.
    [LoggerMessage(LogLevel.Debug, "The lifecycle waits for the database: {message}")]
    public static partial void StoreUnavailable(ILogger logger, string message);

    [LoggerMessage(LogLevel.Error, "The lifecycle failed in a way that was not foreseen, and goes on.")]
    public static partial void LoopFaulted(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "The lifecycle stops; {count} servers are being worked on.")]
    public static partial void Stopping(ILogger logger, int count);

    [LoggerMessage(LogLevel.Information, "Giving back {count} servers whose step did not end in time.")]
    public static partial void GivingBack(ILogger logger, int count);

    [LoggerMessage(LogLevel.Warning, "{failing} of {running} running servers fail their probes together: it is taken for trouble of this network, and none is given up for it.")]
    public static partial void LivenessSuspended(ILogger logger, int failing, int running);

    [LoggerMessage(LogLevel.Information, "{failing} of {running} running servers fail their probes: each is judged by itself again.")]
    public static partial void LivenessResumed(ILogger logger, int failing, int running);

    [LoggerMessage(LogLevel.Warning, "Orphan at {provider}: instance {instance} (server {server}, {uid}), made {created}. {reason}")]
    public static partial void OrphanFound(
        ILogger logger, string provider, string instance, string server, string uid, DateTimeOffset created, string reason);

    [LoggerMessage(LogLevel.Warning, "Orphan at {provider}: instance {instance} is told to go.")]
    public static partial void OrphanDestroyed(ILogger logger, string provider, string instance);

    [LoggerMessage(LogLevel.Warning, "Orphan at {provider}: instance {instance} could not be removed; it is tried again. {message}")]
    public static partial void OrphanStays(ILogger logger, string provider, string instance, string message);

    [LoggerMessage(LogLevel.Error, "{orphans} of {instances} instances at {provider} look like orphans, more than {limit}: NONE is removed. Was the database restored, or the installation's id used twice? Set Servers:Lifecycle:Sweep to Log, and remove by hand what is not needed.")]
    public static partial void TooManyOrphans(ILogger logger, int orphans, int instances, string provider, int limit);

    [LoggerMessage(LogLevel.Warning, "The search for orphans at {provider} failed; it found nothing, and removes nothing. {message}")]
    public static partial void SweepFailed(ILogger logger, string provider, string message);
}
