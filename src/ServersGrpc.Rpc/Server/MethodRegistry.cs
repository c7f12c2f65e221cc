using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Server;

/// <summary>Everything that can be called, by path, and the services, in the order in which they were mapped.</summary>
internal sealed class MethodRegistry
{
    private readonly List<BoundMethod> _methods = [];
    private readonly List<string> _serviceNames = [];
    private readonly List<ServiceDescriptor> _serviceDescriptors = [];

    // Paths are compared as they are: gRPC paths have a case.
    private readonly Dictionary<string, BoundMethod> _byPath = new(StringComparer.Ordinal);

    public IReadOnlyList<BoundMethod> Methods => _methods;

    /// <summary>The full names of all services.</summary>
    public IReadOnlyList<string> ServiceNames => _serviceNames;

    /// <summary>The services that come from protobuf.</summary>
    public IReadOnlyList<ServiceDescriptor> ServiceDescriptors => _serviceDescriptors;

    public bool TryGet(string path, [NotNullWhen(true)] out BoundMethod? method) => _byPath.TryGetValue(path, out method);

    public void Add(BoundMethod bound)
    {
        if (!_byPath.TryAdd(bound.Method.FullName, bound))
            throw new InvalidOperationException($"{bound.Method.FullName} is mapped twice.");
        _methods.Add(bound);
        if (!_serviceNames.Contains(bound.Method.ServiceName))
            _serviceNames.Add(bound.Method.ServiceName);
        if (bound.Descriptor is { Service: var service } && !_serviceDescriptors.Contains(service))
            _serviceDescriptors.Add(service);
    }
}
