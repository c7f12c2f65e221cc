using Microsoft.Extensions.Logging;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>Reads what a store logs: of a failure in a checkpoint no caller hears.</summary>
internal sealed class StoreJournal : ILogger
{
    private volatile Exception? _fault;

    /// <summary>A failure that the disk does not explain; null: there was none.</summary>
    public Exception? Fault => _fault;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && !StoreTrouble.Explains(exception))
            _fault ??= exception;
    }
}
