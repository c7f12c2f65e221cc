namespace ServersGrpc.Listening.Tls;

/// <summary>A file of certificates or keys can't be used. The message names it, and says what would be right.</summary>
internal sealed class TlsFileException(string message, Exception? inner = null) : Exception(message, inner);
