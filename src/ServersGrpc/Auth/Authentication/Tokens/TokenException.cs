namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>A token can't be changed as asked for. The message says why.</summary>
internal sealed class TokenException(string message) : Exception(message);
