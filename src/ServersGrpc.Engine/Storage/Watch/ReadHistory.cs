namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>Reads the first changes after a revision and up to another, from where they are stored; null where some of them were forgotten just now.</summary>
internal delegate Task<IReadOnlyList<ServerChange>?> ReadHistory(long after, long upTo, int limit, CancellationToken cancellationToken);
