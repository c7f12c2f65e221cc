using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Audit;

internal static partial class AuditLog
{
    [LoggerMessage(1, LogLevel.Information, "Allowed: {caller} ({role}) {method} server \"{server}\" from {address}, request {requestId}")]
    public static partial void Allowed(ILogger logger, string caller, Role role, string method, string server, string address, string requestId);

    [LoggerMessage(2, LogLevel.Warning, "Refused: {caller} ({role}) {method} server \"{server}\" from {address}, request {requestId}: {code}")]
    public static partial void Refused(
        ILogger logger, string caller, Role role, string method, string server, string address, string requestId, string code);

    [LoggerMessage(3, LogLevel.Information, "Failed: {caller} ({role}) {method} server \"{server}\" from {address}, request {requestId}: {code}")]
    public static partial void Failed(
        ILogger logger, string caller, Role role, string method, string server, string address, string requestId, string code);

    [LoggerMessage(4, LogLevel.Warning, "Not let in: \"{caller}\" from {address}, request {requestId}: {reason}")]
    public static partial void Unauthenticated(ILogger logger, string caller, string reason, string address, string requestId);

    [LoggerMessage(5, LogLevel.Information, "Secrets read: {caller} ({role}) server \"{server}\" from {address}, request {requestId}")]
    public static partial void SecretsRead(ILogger logger, string caller, Role role, string server, string address, string requestId);

    [LoggerMessage(6, LogLevel.Information, "Ordered: {command} by the data directory's owner: {outcome}")]
    public static partial void Ordered(ILogger logger, string command, string outcome);

    [LoggerMessage(7, LogLevel.Warning, "{count} events of what callers read or were refused are not in the database: {reason}")]
    public static partial void EventsLost(ILogger logger, int count, string reason);
}
