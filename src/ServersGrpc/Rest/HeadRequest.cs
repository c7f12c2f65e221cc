namespace ServersGrpc.Rest;

/// <summary>The feature of a request that came as HEAD.</summary>
internal sealed class HeadRequest
{
    public static readonly HeadRequest Instance = new();

    private HeadRequest()
    {
    }
}
