namespace ServersGrpc.Engine.Servers;

/// <summary>New credentials were asked for, and the machine or its provider will not take them. The server keeps what it has.</summary>
public sealed class RotationRefusedException(string name) : ServerException(
    $"Server \"{name}\" keeps its credentials: its machine does not take new ones. Its events say why.")
{
    public string Name => name;
}
