namespace ServersGrpc.Engine.Servers;

public sealed class EtagMismatchException(string name, string given, string current) : ServerException(
    $"Server \"{name}\" has changed: its etag is \"{current}\", not \"{Shown.Of(given)}\". Read it again and decide anew.")
{
    public string Name => name;

    public string Current => current;
}
