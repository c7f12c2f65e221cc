using Grpc.Core;

namespace ServersGrpc.Rpc.Wire;

/// <summary>What is wrong with the bytes of a call, as the status that ends it.</summary>
internal static class WireFault
{
    public static RpcException Malformed(string what, Exception? cause = null) => new(new Status(StatusCode.Internal, what, cause));

    public static RpcException TooLarge(int maxSize) =>
        new(new Status(StatusCode.ResourceExhausted, $"The message is larger than the limit of {maxSize} bytes."));
}
