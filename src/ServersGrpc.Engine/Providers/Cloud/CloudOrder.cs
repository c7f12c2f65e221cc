namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>A machine that was asked for.</summary>
/// <param name="Machine">As far as it is known.</param>
/// <param name="Actions">The work that makes it.</param>
internal sealed record CloudOrder(CloudMachine Machine, IReadOnlyList<CloudAction> Actions);
