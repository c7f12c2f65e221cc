namespace ServersGrpc.Engine.Providers;

/// <summary>A server's provider is not enabled any more. The server waits until it is.</summary>
public sealed class ProviderDisabledException(string provider, IEnumerable<string> enabled) : Exception(
    $"The provider \"{provider}\" is not enabled; its servers wait until it is. Enabled: {string.Join(", ", enabled)}.");
