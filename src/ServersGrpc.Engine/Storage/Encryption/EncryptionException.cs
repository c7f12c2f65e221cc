namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>The keys can't be used, or don't open what the database holds. The message says what to do, and nothing of a key but its id.</summary>
public sealed class EncryptionException(string message, Exception? inner = null) : Exception(message, inner);
