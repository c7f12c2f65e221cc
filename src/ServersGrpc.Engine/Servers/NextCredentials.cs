namespace ServersGrpc.Engine.Servers;

/// <summary>What a running server is to have in place of its secret and its keys, from the wish for it until its machine answers with them.</summary>
public sealed record NextCredentials(string Secret, ServerCredentials Keys)
{
    // A record prints its members; these must never reach a log.
    public override string ToString() => "NextCredentials(withheld)";
}
