using Microsoft.Extensions.Logging;

namespace ServersGrpc.Engine.Storage;

internal static partial class StoreLog
{
    [LoggerMessage(LogLevel.Warning, "The database does not take writes: {reason} Callers are told to try again.")]
    public static partial void WritesFail(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "The database takes writes again.")]
    public static partial void WritesRecovered(ILogger logger);

    [LoggerMessage(LogLevel.Error, "A write failed in a way that was not foreseen.")]
    public static partial void WriteFaulted(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "Made a key for the secrets in the database: {file}. Without it no backup of the database can be used; keep a copy.")]
    public static partial void KeyMade(ILogger logger, string file);

    [LoggerMessage(LogLevel.Information, "Encrypted the secrets of {servers} servers anew, under key {key}.")]
    public static partial void KeyRotated(ILogger logger, int servers, string key);

    [LoggerMessage(LogLevel.Information, "Backed the database up to {file} in {time}.")]
    public static partial void BackedUp(ILogger logger, string file, TimeSpan time);

    [LoggerMessage(LogLevel.Information, "Compacted {file} from {before} to {after} bytes in {time}.")]
    public static partial void Compacted(ILogger logger, string file, long before, long after, TimeSpan time);

    [LoggerMessage(LogLevel.Warning, "More than half of {file} is free, and it could not be compacted: {reason} It is as it was; the next start tries again.")]
    public static partial void NotCompacted(ILogger logger, string file, string reason);

    [LoggerMessage(LogLevel.Information, "Opened {file} with {servers} servers at revision {revision}.")]
    public static partial void Opened(ILogger logger, string file, int servers, long revision);
}
