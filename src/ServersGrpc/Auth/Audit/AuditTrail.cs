using System.Net;
using System.Threading.Channels;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Auth.Audit;

/// <summary>
/// Who did what to which server, from where, allowed or refused: as a line of the log category ServersGrpc.Audit, and what was refused or
/// read of a server also as its event. What a caller does again and again is one of both for a while: programs ask every second.
/// </summary>
internal sealed class AuditTrail : BackgroundService
{
    /// <summary>The log category.</summary>
    public const string Category = "ServersGrpc.Audit";

    private const int MostWaiting = 100_000;
    private const int MostAtOnce = 256;

    private readonly IServerStore _store;
    private readonly IEventStore _events;
    private readonly ILogger _logger;
    private readonly Recent<(string Caller, string Reason, string Subject)> _callers;
    // Of those who are not let in, apart: they must not make room for themselves among the others.
    private readonly Recent<(string Name, string Reason, IPAddress Network)> _strangers;
    private volatile bool _isStopping;
    private readonly Channel<ServerNote> _notes = Channel.CreateBounded<ServerNote>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    public AuditTrail(IServerStore store, IEventStore events, AuthOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        (_store, _events, _logger) = (store, events, loggers.CreateLogger(Category));
        (_callers, _strangers) = (new(options.AuditInterval, time), new(options.AuditInterval, time));
    }

    /// <summary>A change was made, or an order obeyed. Its event is the change's own.</summary>
    public void Allowed(HttpContext http, Caller caller, string method, string server) =>
        AuditLog.Allowed(_logger, caller.Name, caller.Role, method, server, http.Address(), http.TraceIdentifier);

    /// <summary>A change was asked for by somebody who may, and could not be made.</summary>
    public void Failed(HttpContext http, Caller caller, string method, string server, string code) =>
        AuditLog.Failed(_logger, caller.Name, caller.Role, method, Shown.Of(server), http.Address(), http.TraceIdentifier, code);

    /// <summary>Somebody asked for what it may not, of no server in particular.</summary>
    public void Refused(HttpContext http, Caller caller, string method, string server, string code)
    {
        server = Shown.Of(server);
        if (_callers.IsNew((caller.Name, "Refused", $"{method} {server}")))
            AuditLog.Refused(_logger, caller.Name, caller.Role, method, server, http.Address(), http.TraceIdentifier, code);
    }

    /// <summary>Somebody asked for what it may not, of a server.</summary>
    public void Refused(HttpContext http, Caller caller, string method, ServerRecord server, string code)
    {
        if (!_callers.IsNew((caller.Name, "Refused", $"{method} {server.Uid}")))
            return;
        AuditLog.Refused(_logger, caller.Name, caller.Role, method, server.Name, http.Address(), http.TraceIdentifier, code);
        Note(http, caller, server, "AccessRefused", $"{caller.Name} was refused {method}.");
    }

    /// <summary>Somebody asked for what it may not, perhaps of a server of that name.</summary>
    public async ValueTask RefusedAsync(HttpContext http, Caller caller, string method, string name, string code)
    {
        if (name.Length > 0 && await _store.FindAsync(name, http.RequestAborted) is { } server)
            Refused(http, caller, method, server, code);
        else
            Refused(http, caller, method, name, code);
    }

    /// <summary>Somebody came without a credential that is good.</summary>
    public void Unauthenticated(HttpContext http, string name, string reason)
    {
        name = Shown.Of(name);
        if (_strangers.IsNew((name, reason, http.Network())))
            AuditLog.Unauthenticated(_logger, name, reason, http.Address(), http.TraceIdentifier);
    }

    /// <summary>Somebody was told the keys of a server.</summary>
    public void SecretsRead(HttpContext http, Caller caller, ServerRecord server)
    {
        if (!_callers.IsNew((caller.Name, "SecretsRead", server.Uid)))
            return;
        AuditLog.SecretsRead(_logger, caller.Name, caller.Role, server.Name, http.Address(), http.TraceIdentifier);
        Note(http, caller, server, "SecretsRead", $"{caller.Name} was told its keys and its secret.");
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        _notes.Writer.TryComplete();
        // What is left is written, as long as there is time for it.
        await Task.WhenAny(ExecuteTask ?? Task.CompletedTask, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<ServerNote>(MostAtOnce);
        while (await _notes.Reader.WaitToReadAsync(stoppingToken))
        {
            while (batch.Count < MostAtOnce && _notes.Reader.TryRead(out var note))
                batch.Add(note);
            await WriteAsync(batch, stoppingToken);
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<ServerNote> batch, CancellationToken cancellationToken)
    {
        try
        {
            await _events.NoteAsync([.. batch], cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The lines of the log are all there is of them.
            AuditLog.EventsLost(_logger, batch.Count, e.Message);
        }
    }

    private void Note(HttpContext http, Caller caller, ServerRecord server, string reason, string message)
    {
        if (!_notes.Writer.TryWrite(new(server, new(reason, message, caller.Name, http.Address(), http.TraceIdentifier))))
            AuditLog.EventsLost(_logger, 1, _isStopping ? "the service stops." : "too many wait to be written.");
    }
}
