using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServersGrpc.Tests;

/// <summary>Keeps every log entry, so that a test can say which must and which must not be there.</summary>
internal sealed class RecordedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> _entries = new();

    public IEnumerable<string> Texts => _entries.Select(entry => entry.Text);

    public IEnumerable<string> At(LogLevel least) =>
        _entries.Where(entry => entry.Level >= least).Select(entry => $"{entry.Level}: {entry.Text} {entry.Exception}");

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void Dispose()
    {
    }

    private sealed class Recorder(RecordedLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> text) =>
            logs._entries.Enqueue((level, text(state, exception), exception));
    }
}
