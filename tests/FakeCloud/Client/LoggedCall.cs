namespace ServersGrpc.FakeCloud.Client;

/// <summary>A call that a cloud got.</summary>
/// <param name="Sequence">Counts all calls of this run of the process, from 1.</param>
/// <param name="Cloud">"hetznercloud" or "digitalocean".</param>
/// <param name="Route">Such as "servers.create".</param>
/// <param name="Path">With its query.</param>
/// <param name="Machine">The id of the machine it was about.</param>
/// <param name="Status">The answer's; 0: the connection was cut instead; null: not answered yet.</param>
/// <param name="Faults">The faults that it had to suffer.</param>
public sealed record LoggedCall(
    long Sequence,
    DateTimeOffset Time,
    string Cloud,
    string Route,
    string Method,
    string Path,
    long? Machine,
    int? Status,
    IReadOnlyList<FaultKind> Faults);
