using System.Collections.Concurrent;
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

    private const int MostRemembered = 100_000;
    private const int MostWaiting = 100_000;
    private const int MostAtOnce = 256;

    private readonly IServerStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<(string Caller, string Reason, string Subject), long> _last = new();
    private readonly Channel<ServerNote> _notes = Channel.CreateBounded<ServerNote>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public AuditTrail(IServerStore store, AuthOptions options, TimeProvider time, ILoggerFactory loggers) =>
        (_store, _time, _interval, _logger) = (store, time, options.AuditInterval, loggers.CreateLogger(Category));

    /// <summary>A change was made, or an order obeyed. Its event is the change's own.</summary>
    public void Allowed(HttpContext http, Caller caller, string method, string server) =>
        AuditLog.Allowed(_logger, caller.Name, caller.Role, method, server, http.CallerAddress(), http.TraceIdentifier);

    /// <summary>A change was asked for by somebody who may, and could not be made.</summary>
    public void Failed(HttpContext http, Caller caller, string method, string server, string code) =>
        AuditLog.Failed(_logger, caller.Name, caller.Role, method, Shown.Of(server), http.CallerAddress(), http.TraceIdentifier, code);

    /// <summary>Somebody asked for what it may not, of no server in particular.</summary>
    public void Refused(HttpContext http, Caller caller, string method, string server, string code)
    {
        server = Shown.Of(server);
        if (IsNew(caller.Name, "Refused", $"{method} {server}"))
            AuditLog.Refused(_logger, caller.Name, caller.Role, method, server, http.CallerAddress(), http.TraceIdentifier, code);
    }

    /// <summary>Somebody asked for what it may not, of a server.</summary>
    public void Refused(HttpContext http, Caller caller, string method, ServerRecord server, string code)
    {
        if (!IsNew(caller.Name, "Refused", $"{method} {server.Uid}"))
            return;
        AuditLog.Refused(_logger, caller.Name, caller.Role, method, server.Name, http.CallerAddress(), http.TraceIdentifier, code);
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
        var address = http.CallerAddress();
        if (IsNew(name, reason, address))
            AuditLog.Unauthenticated(_logger, name, reason, address, http.TraceIdentifier);
    }

    /// <summary>Somebody was told the keys of a server.</summary>
    public void SecretsRead(HttpContext http, Caller caller, ServerRecord server)
    {
        if (!IsNew(caller.Name, "SecretsRead", server.Uid))
            return;
        AuditLog.SecretsRead(_logger, caller.Name, caller.Role, server.Name, http.CallerAddress(), http.TraceIdentifier);
        Note(http, caller, server, "SecretsRead", $"{caller.Name} was told its keys and its secret.");
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
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
            await _store.NoteAsync([.. batch], cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            // The lines of the log are all there is of them.
            AuditLog.EventsLost(_logger, batch.Count, e.Message);
        }
    }

    private void Note(HttpContext http, Caller caller, ServerRecord server, string reason, string message)
    {
        if (!_notes.Writer.TryWrite(new(server, new(reason, message, caller.Name, http.CallerAddress(), http.TraceIdentifier))))
            AuditLog.EventsLost(_logger, 1, "too many wait to be written.");
    }

    /// <summary>Whether it is the first time in a while.</summary>
    private bool IsNew(string caller, string reason, string subject)
    {
        var key = (caller, reason, subject);
        var now = _time.GetTimestamp();
        if (_last.TryGetValue(key, out var last) && _time.GetElapsedTime(last, now) < _interval)
            return false;
        if (_last.Count >= MostRemembered)
            Forget(now);
        // Of several at once one is the first.
        return last == 0 ? _last.TryAdd(key, now) : _last.TryUpdate(key, now, last);
    }

    private void Forget(long now)
    {
        foreach (var (key, last) in _last)
        {
            if (_time.GetElapsedTime(last, now) >= _interval)
                _last.TryRemove(new(key, last));
        }
        if (_last.Count >= MostRemembered)
            _last.Clear();
    }
}
