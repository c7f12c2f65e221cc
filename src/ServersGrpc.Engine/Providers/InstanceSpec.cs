using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Providers;

/// <summary>The machine that a provider is asked for.</summary>
public sealed record InstanceSpec(
    string Uid,
    string Name,
    string Image,
    string Region,
    string Size,
    string UserData,
    IReadOnlyDictionary<string, string> Labels,
    ServerCredentials Credentials)
{
    /// <summary>The server's secret, for templates of user data; "" where there is none.</summary>
    public string Secret { get; init; } = "";

    /// <summary>The address that was planned for this server alone (<see cref="PlannedAddress"/>); "" where none was.</summary>
    public string Address { get; init; } = "";

    public static InstanceSpec For(ServerRecord server) => new(
        server.Uid, server.Name, server.Image, server.Region, server.Size, server.UserData, server.Labels, server.Credentials)
    {
        Secret = server.Secret,
        Address = server.Address,
    };

    // A record prints its members; secrets and user data must never reach a log.
    public override string ToString() => $"InstanceSpec({Name}, {Uid})";
}
