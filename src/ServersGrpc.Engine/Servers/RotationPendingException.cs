namespace ServersGrpc.Engine.Servers;

/// <summary>New credentials were asked for and are not there yet. The rotation goes on.</summary>
public sealed class RotationPendingException(string name, TimeSpan waited) : ServerException(
    $"Server \"{name}\" does not answer with its new credentials after {waited}. The rotation goes on: ask again to wait for it, or follow the server's events.")
{
    public string Name => name;
}
