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
}
