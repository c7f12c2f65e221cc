namespace Grpc.Net.Client.Configuration;

/// <summary>Names a method, all methods of a service, or all methods.</summary>
public sealed class MethodName
{
    /// <summary>All methods of all services.</summary>
    public static readonly MethodName Default = new();

    /// <summary>The service with its package, such as "grpc.health.v1.Health". Default: all services.</summary>
    public string? Service { get; set; }

    /// <summary>The method, which needs a service. Default: all methods.</summary>
    public string? Method { get; set; }
}
