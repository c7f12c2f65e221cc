using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Fleet;

/// <summary>Waits for the outcome of a rotation that is recorded already: whoever stops waiting stops nothing.</summary>
internal sealed class Rotation(IServerStore store, FleetOptions options, TimeProvider time)
{
    /// <summary>Returns the server with its new credentials.</summary>
    /// <param name="asked">The server with the credentials that it is to have.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RotationPendingException">It takes longer than the wait may.</exception>
    /// <exception cref="RotationRefusedException">It keeps those that it had.</exception>
    /// <exception cref="ServerNotRunningException">It came to its end first.</exception>
    public async Task<ServerRecord> OutcomeAsync(ServerRecord asked, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(options.RotationWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var since = asked.Revision;
            while (true)
            {
                try
                {
                    return await WatchAsync(asked, since, either.Token);
                }
                catch (RevisionExpiredException e)
                {
                    // The history between was forgotten; what became of the server is told by the server.
                    since = e.Oldest;
                    if (Outcome(asked, await store.FindAsync(asked.Name, either.Token)) is { } renewed)
                        return renewed;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RotationPendingException(asked.Name, options.RotationWait);
        }
    }

    private async Task<ServerRecord> WatchAsync(ServerRecord asked, long since, CancellationToken cancellationToken)
    {
        var ofProvider = new ServerQuery { Provider = asked.Provider };
        await foreach (var change in store.WatchAsync(since, ofProvider, options.BookmarkInterval, cancellationToken))
        {
            if (change.Server?.Uid == asked.Uid && Outcome(asked, change.Server) is { } renewed)
                return renewed;
        }
        throw new InvalidOperationException("A watch has no end.");
    }

    /// <summary>The server with its new credentials; null while it may still get them.</summary>
    private static ServerRecord? Outcome(ServerRecord asked, ServerRecord? server)
    {
        if (server?.Uid != asked.Uid)
            throw new ServerNotFoundException(asked.Name);
        if (server.Credentials.TlsCertificate.Span.SequenceEqual(asked.Next!.Keys.TlsCertificate.Span))
            return server;
        if (server.State != ServerState.Running)
            throw new ServerNotRunningException(server.Name, server.State);
        return server.Next is null ? throw new RotationRefusedException(server.Name) : null;
    }
}
