namespace ServersGrpc.Rest;

/// <summary>The metadata of a path that takes neither parameters nor a body: what a caller sends by mistake is refused there too.</summary>
internal sealed class TakesNothing
{
    public static readonly TakesNothing Instance = new();

    private TakesNothing()
    {
    }
}
