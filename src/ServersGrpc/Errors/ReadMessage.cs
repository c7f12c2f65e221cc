namespace ServersGrpc.Errors;

/// <summary>The feature of a call whose first message could be read, or is read by its method.</summary>
internal sealed class ReadMessage
{
    public static readonly ReadMessage Instance = new();

    private ReadMessage()
    {
    }
}
