namespace ServersGrpc.Rpc.Wire;

/// <summary>The call ended while something was read from it or written to it.</summary>
internal sealed class CallOverException(Exception? cause = null) : OperationCanceledException("The call is over.", cause);
