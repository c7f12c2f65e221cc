using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.Extensions.Options;
using ServersGrpc.Rpc.Server;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>
/// The types that an Any may hold: those of the served contracts and all that they import, the well-known ones, the details of errors, and
/// those of the options.
/// </summary>
internal sealed class MessageTypes(MethodRegistry methods, IOptions<GrpcJsonTranscodingOptions> options)
{
    private static readonly FileDescriptor[] Always =
    [
        StatusReflection.Descriptor, ErrorDetailsReflection.Descriptor, TimestampReflection.Descriptor, DurationReflection.Descriptor,
        FieldMaskReflection.Descriptor, StructReflection.Descriptor, WrappersReflection.Descriptor, EmptyReflection.Descriptor,
    ];

    // Not before the first Any: by then every service is mapped.
    private readonly Lazy<TypeRegistry> _served =
        new(() => TypeRegistry.FromFiles(methods.ServiceDescriptors.Select(service => service.File).Concat(Always)));

    /// <summary>The type that an Any's URL names; null when it is not known.</summary>
    public MessageDescriptor? Find(string typeUrl)
    {
        var name = Any.GetTypeName(typeUrl);
        var type = _served.Value.Find(name) ?? options.Value.TypeRegistry.Find(name);
        // The entries of maps have names too, but they are no messages of their own.
        return type is { ClrType: not null } ? type : null;
    }
}
