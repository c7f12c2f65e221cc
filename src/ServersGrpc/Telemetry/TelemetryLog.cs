namespace ServersGrpc.Telemetry;

internal static partial class TelemetryLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Source} reports {Report}: {Message}", EventName = nameof(Reported))]
    public static partial void Reported(ILogger logger, string source, string report, string message);
}
