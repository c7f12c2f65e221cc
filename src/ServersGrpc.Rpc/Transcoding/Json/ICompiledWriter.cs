using Google.Protobuf.Reflection;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>A writer that is made first and filled afterwards, since a message may contain messages of its own type.</summary>
internal interface ICompiledWriter
{
    void Compile(MessageDescriptor descriptor, WriterCompilation writers);

    IFieldWriter Field(FieldDescriptor field, WriterCompilation writers);
}
