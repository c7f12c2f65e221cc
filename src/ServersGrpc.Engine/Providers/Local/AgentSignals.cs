namespace ServersGrpc.Engine.Providers.Local;

/// <summary>The one line that a starting agent writes to its output. One that ends without it failed; its error output says why.</summary>
public static class AgentSignals
{
    /// <summary>It listens, and <c>instance.json</c> says where.</summary>
    public const string Ready = "ready";

    /// <summary>Another agent holds the directory, or it is removed or about to be, or the starter is dead: this one ends.</summary>
    public const string Unneeded = "unneeded";
}
