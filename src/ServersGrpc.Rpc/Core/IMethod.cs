namespace Grpc.Core;

/// <summary>A method of a service, whatever its messages.</summary>
public interface IMethod
{
    MethodType Type { get; }

    /// <summary>The service's full name: "pkg.v1.Service".</summary>
    string ServiceName { get; }

    /// <summary>The method's own name.</summary>
    string Name { get; }

    /// <summary>The path of the call: "/pkg.v1.Service/Method".</summary>
    string FullName { get; }
}
