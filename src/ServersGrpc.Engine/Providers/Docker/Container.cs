namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>A container as the engine lists it.</summary>
/// <param name="Created">In seconds since 1970.</param>
/// <param name="State">created, running, paused, restarting, exited, removing or dead.</param>
internal sealed record Container(
    string Id,
    long Created,
    string State,
    IReadOnlyDictionary<string, string>? Labels,
    IReadOnlyList<ContainerPort>? Ports,
    ContainerNetworks? NetworkSettings)
{
    /// <summary>Whether it was never started: its making was cut short, or goes on.</summary>
    public bool IsHalfMade => State == "created";

    public bool IsBeingRemoved => State is "removing" or "dead";

    public string Label(string name) => Labels?.GetValueOrDefault(name) ?? "";
}
