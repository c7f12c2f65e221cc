using System.Collections.Concurrent;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Limits;

/// <summary>Makes accounts. All of the same caller share its limits.</summary>
internal sealed class AccountFactory(AuthOptions options)
{
    // An issuer may have a subject for every job that ever was.
    private const int MostKnown = 100_000;

    private readonly ConcurrentDictionary<string, CallerLimits> _limits = new();

    public Account Create(string name, Role role, Scope scope, DateTimeOffset? expires = null)
    {
        if (_limits.Count >= MostKnown)
            _limits.Clear();
        var limits = _limits.GetOrAdd(name, static (_, options) => new(options), options);
        return new(new Caller(name, role) { Scope = scope, MaxServers = options.MaxServers }, limits, expires);
    }
}
