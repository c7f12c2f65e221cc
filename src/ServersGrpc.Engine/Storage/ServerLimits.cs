namespace ServersGrpc.Engine.Storage;

/// <summary>How many servers that are not stopped there may be.</summary>
/// <param name="All">Of all owners together.</param>
/// <param name="OfOwner">Of the new server's owner; 0: as many as of all.</param>
public readonly record struct ServerLimits(int All, int OfOwner = 0);
