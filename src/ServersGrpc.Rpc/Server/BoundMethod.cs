using Google.Protobuf.Reflection;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Server;

/// <summary>
/// A method, its implementation, and the interceptors around it: what both faces call. The entry points here know no message types; a
/// face that does uses the subclass of the call's shape.
/// </summary>
internal abstract class BoundMethod(IMethod method, MethodDescriptor? descriptor, IReadOnlyList<object> metadata)
{
    public IMethod Method { get; } = method;

    /// <summary>Null for a service that was not generated from protobuf.</summary>
    public MethodDescriptor? Descriptor { get; } = descriptor;

    /// <summary>GrpcMethodMetadata, then the attributes of the service class and of its method.</summary>
    public IReadOnlyList<object> Metadata { get; } = metadata;

    /// <summary>Runs the method for the gRPC face: reads its requests from the call, writes its responses to it.</summary>
    public abstract Task ServeAsync(GrpcCall call);

    /// <summary>Runs a unary method.</summary>
    /// <exception cref="InvalidOperationException">The method is not unary.</exception>
    public virtual ValueTask<object> UnaryAsync(object request, ServerCallContext context) =>
        throw new InvalidOperationException($"{Method.FullName} is not unary.");

    /// <summary>Runs a server-streaming method. Each response is given to <paramref name="write"/>, which is never called twice at a time.</summary>
    /// <exception cref="InvalidOperationException">The method is not server-streaming.</exception>
    public virtual Task ServerStreamingAsync(object request, Func<object, CancellationToken, Task> write, ServerCallContext context) =>
        throw new InvalidOperationException($"{Method.FullName} is not server-streaming.");
}
