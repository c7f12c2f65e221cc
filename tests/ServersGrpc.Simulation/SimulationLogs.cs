using Microsoft.Extensions.Logging;
using ServersGrpc.Simulation.Cloud;

namespace ServersGrpc.Simulation;

/// <summary>Puts what the engine logs into the trace. What it did not foresee must not happen, unless the simulation threw it.</summary>
internal sealed class SimulationLogs(World world) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
        // The trace is all there is.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        world.Trace.Add($"{logLevel}: {formatter(state, exception)}");
        if (logLevel >= LogLevel.Error && exception is not null and not SimulatedFaultException)
            world.Violate($"the engine did not foresee {exception}");
    }

    public void Dispose()
    {
        // It holds nothing.
    }
}
