using System.Text.Json.Serialization;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>Generated rather than reflected upon: an agent's start is measured in milliseconds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AgentCredentials))]
[JsonSerializable(typeof(AgentSpec))]
[JsonSerializable(typeof(AgentState))]
internal sealed partial class AgentJson : JsonSerializerContext;
