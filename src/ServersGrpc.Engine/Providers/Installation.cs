namespace ServersGrpc.Engine.Providers;

/// <summary>Whose instances they are, and where a provider may keep what it must remember.</summary>
/// <param name="Id">Tags every instance; others' are never touched.</param>
/// <param name="DataDirectory">A directory that this process alone uses.</param>
public sealed record Installation(string Id, string DataDirectory);
