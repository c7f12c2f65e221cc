using System.Text.Json.Serialization;

namespace ServersGrpc.Engine.Providers.Docker;

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(Container[]))]
[JsonSerializable(typeof(DockerError))]
internal sealed partial class DockerJson : JsonSerializerContext;
