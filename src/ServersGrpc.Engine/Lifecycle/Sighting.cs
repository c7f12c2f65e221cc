using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What a look at a provider showed.</summary>
/// <param name="Presence">Whether the instance is there.</param>
/// <param name="Instance">The instance, where it is.</param>
/// <param name="AbsentSince">Since when it was missed, to be kept with the server.</param>
/// <param name="LookAgain">When a further look can tell more; null: when it suits.</param>
internal sealed record Sighting(Presence Presence, Instance? Instance, DateTimeOffset? AbsentSince, DateTimeOffset? LookAgain);
