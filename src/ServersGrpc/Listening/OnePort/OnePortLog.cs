using System.Net;

namespace ServersGrpc.Listening.OnePort;

internal static partial class OnePortLog
{
    [LoggerMessage(1, LogLevel.Information, "Not listening on {EndPoint}, which this machine does not have: {Reason}")]
    public static partial void LoopbackMissing(ILogger logger, EndPoint endPoint, string reason);

    [LoggerMessage(2, LogLevel.Critical, "Accepting connections on {Address} failed; no more are taken")]
    public static partial void AcceptingFailed(ILogger logger, Exception exception, string address);

    [LoggerMessage(3, LogLevel.Debug, "Connection {ConnectionId} was closed before it showed its protocol: {Reason}")]
    public static partial void Undecided(ILogger logger, string connectionId, string reason);

    [LoggerMessage(4, LogLevel.Error, "Connection {ConnectionId} could not be handed to its protocol")]
    public static partial void RoutingFailed(ILogger logger, Exception exception, string connectionId);

    [LoggerMessage(5, LogLevel.Warning,
        "Closed the oldest {Count} silent connections on {Address}: {Max} newer ones (MaxUndecidedConnections) have not shown their protocol either")]
    public static partial void Surplus(ILogger logger, string address, int count, int max);

    [LoggerMessage(6, LogLevel.Warning, "Closed {Count} new connections: there are {Max} already (MaxConnections)")]
    public static partial void Refused(ILogger logger, int count, int max);
}
