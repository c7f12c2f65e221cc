namespace ServersGrpc.Engine.Storage;

/// <summary>Another process holds the data directory.</summary>
public sealed class DataDirectoryInUseException(string message, Exception inner) : StoreOpenException(message, inner);
