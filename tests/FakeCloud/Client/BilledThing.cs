namespace ServersGrpc.FakeCloud.Client;

/// <summary>A volume or an address on the bill.</summary>
/// <param name="Kind">"volumes" or "primary_ips".</param>
public sealed record BilledThing(string Cloud, string Kind, string Id, string Name, DateTimeOffset Since, DateTimeOffset? Until);
