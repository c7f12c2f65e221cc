namespace ServersGrpc.Engine.Providers.Local;

/// <summary>How to start an agent; the provider adds the agent's own arguments.</summary>
public sealed record AgentCommandLine(string FileName, IReadOnlyList<string> Arguments);
