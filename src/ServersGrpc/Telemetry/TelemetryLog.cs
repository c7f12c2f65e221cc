namespace ServersGrpc.Telemetry;

internal static partial class TelemetryLog
{
    [LoggerMessage(LogLevel.Warning, "{instrument} of {meter} is not shown: {name} is there already, as another type.")]
    public static partial void NameTaken(ILogger logger, string instrument, string meter, string name);

    [LoggerMessage(LogLevel.Warning, "A value could not be read for /metrics; the others are shown.")]
    public static partial void UnreadValue(ILogger logger, Exception exception);
}
