namespace Grpc.AspNetCore.Server;

/// <summary>One interceptor: its type, and arguments of its constructor that the service provider does not have.</summary>
public class InterceptorRegistration
{
    internal InterceptorRegistration(Type type, object[] arguments)
    {
        Type = type;
        Arguments = arguments;
    }

    public Type Type { get; }

    public IReadOnlyList<object> Arguments { get; }
}
