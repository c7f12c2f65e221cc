namespace ServersGrpc.Engine.Servers;

public class ServerNotFoundException(string name) : ServerException($"There is no server named \"{Shown.Of(name)}\".")
{
    public string Name => Shown.Of(name);
}
