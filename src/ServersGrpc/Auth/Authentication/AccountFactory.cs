using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth.Authentication;

/// <summary>Makes the accounts that credentials open.</summary>
internal sealed class AccountFactory(AuthOptions options)
{
    public Account Create(string name, Role role, Scope scope, DateTimeOffset? expires = null) =>
        new(new Caller(name, role) { Scope = scope, MaxServers = options.MaxServers }, expires);
}
