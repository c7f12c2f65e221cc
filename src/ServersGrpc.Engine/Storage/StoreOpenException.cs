namespace ServersGrpc.Engine.Storage;

/// <summary>The data directory or the database in it can't be used at all. The message says what to do.</summary>
public class StoreOpenException(string message, Exception? inner = null) : Exception(message, inner);
