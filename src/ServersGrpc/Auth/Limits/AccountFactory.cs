using System.Collections.Concurrent;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Limits;

/// <summary>Makes accounts. All of the same caller share its limits.</summary>
internal sealed class AccountFactory(AuthOptions options)
{
    private readonly ConcurrentDictionary<string, CallerLimits> _limits = new();

    public Account Create(string name, Role role, Scope scope, DateTimeOffset? expires = null) => new(
        new Caller(name, role) { Scope = scope, MaxServers = options.MaxServers },
        _limits.GetOrAdd(name, static (_, options) => new(options), options), expires);
}
