namespace ServersGrpc.Engine.Lifecycle;

/// <summary>A machine did not answer, or not as itself. The message says why, in words for its owner.</summary>
public sealed class ProbeFailedException(string message, Exception? inner = null) : Exception(message, inner);
