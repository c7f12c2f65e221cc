namespace ServersGrpc.Engine.Providers;

/// <summary>What a provider gives a request that does not say.</summary>
/// <param name="Image">In the provider's terms.</param>
/// <param name="Region">In the provider's terms.</param>
/// <param name="Size">In the provider's terms.</param>
/// <param name="Platform">Operating system and architecture, such as "linux/amd64".</param>
public sealed record ProviderDefaults(string Image, string Region, string Size, string Platform);
