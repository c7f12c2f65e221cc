using System.Text.Json.Serialization;
using ServersGrpc.Engine.Lifecycle;

namespace ServersGrpc.Api;

/// <summary>What GET /varz tells.</summary>
/// <param name="Paused">Whether the starting of new instances is paused.</param>
/// <param name="RunningServers">How many servers are in state running.</param>
/// <param name="FailingServers">How many of them failed their last probe.</param>
/// <param name="LivenessSuspended">So many fail together that it is taken for trouble of this network: none is given up for it.</param>
/// <param name="ExpiringCertificates">How many servers are in state running whose certificates end soon.</param>
internal sealed record ServiceVariables(
    [property: JsonPropertyName("paused")] bool Paused,
    [property: JsonPropertyName("running_servers")] int RunningServers,
    [property: JsonPropertyName("failing_servers")] int FailingServers,
    [property: JsonPropertyName("liveness_suspended")] bool LivenessSuspended,
    [property: JsonPropertyName("expiring_certificates")] int ExpiringCertificates)
{
    public static ServiceVariables From(bool paused, LivenessCondition liveness, int expiringCertificates) =>
        new(paused, liveness.Running, liveness.Failing, liveness.IsSuspended, expiringCertificates);
}
