namespace ServersGrpc.Engine.Storage;

/// <summary>The database can't answer now. What was asked for may be asked for again.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
