namespace ServersGrpc.Engine.Servers;

/// <summary>A server's provider can't give a running machine new credentials, or is not enabled any more.</summary>
public sealed class RotationNotSupportedException(string name, string provider, bool isEnabled) : ServerException(
    isEnabled
        ? $"Server \"{name}\" is of the provider {provider}, which can't give a running machine new credentials. Provision another server, and terminate this one."
        : $"Server \"{name}\" is of the provider {provider}, which is not enabled.")
{
    public string Name => name;

    public string Provider => provider;
}
