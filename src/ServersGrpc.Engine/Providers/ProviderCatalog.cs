using System.Collections.Frozen;

namespace ServersGrpc.Engine.Providers;

/// <summary>The enabled providers, by name.</summary>
public sealed class ProviderCatalog(IEnumerable<IServerProvider> providers)
{
    private readonly FrozenDictionary<string, IServerProvider> _providers = providers.ToFrozenDictionary(p => p.Name);

    /// <summary>The names of the enabled providers, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _providers.Keys.Order(StringComparer.Ordinal)];

    public IServerProvider? Find(string name) => _providers.GetValueOrDefault(name);

    /// <exception cref="ProviderDisabledException">The provider is not enabled (any more).</exception>
    public IServerProvider Get(string name) => Find(name) ?? throw new ProviderDisabledException(name, Names);
}
